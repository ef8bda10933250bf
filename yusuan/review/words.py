"""What a journalist calls the machine's names: Chinese words beside the values of vocabularies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# By column, for a word may mean different things: total is a row, a measure or an item. The
# meanings are those of schemas/columns.csv.
WORDS: Mapping[str, Mapping[str, str]] = {
    "side": {"revenue": "收入", "expenditure": "支出"},
    "flow": {"revenue": "收入", "carry_in": "上年结转", "carry_out": "结转下年"},
    "row_type": {"total": "合计行", "subtotal": "小计行"},
    "measure": {
        "total": "合计", "basic": "基本支出", "basic_personnel": "人员经费",
        "basic_public": "公用经费", "project": "项目支出",
        "project_ex_infrastructure": "扣除基建项目后", "operating": "经营支出",
        "to_superior": "上缴上级支出", "to_affiliate": "对附属单位补助支出",
        "reserve": "单位预留机动经费", "of_which_procurement": "其中政府采购",
        "of_which_procurement_sme": "其中预留给中小企业",
        "of_which_procurement_micro": "其中预留给小微企业", "personnel": "人员经费",
        "public": "公用经费",
    },
    "period": {"total": "合计", "current": "本年", "carry_in": "上年结转结余"},
    "revenue_source": {
        "total": "合计", "fiscal": "财政拨款", "general_public": "一般公共预算",
        "gov_fund": "政府性基金", "state_capital": "国有资本经营", "special_account": "财政专户",
        "business": "事业收入", "operating": "经营收入", "superior": "上级补助",
        "affiliate": "附属单位上缴", "other": "其他收入", "unit_funds": "单位资金",
        "surplus_used": "使用结余",
    },
    "fund_scope": {
        "fiscal": "财政拨款", "general_public": "一般公共预算", "gov_fund": "政府性基金",
        "state_capital": "国有资本经营预算",
    },
    "item": {
        "total": "三公经费合计", "abroad": "因公出国(境)", "reception": "公务接待",
        "vehicle_total": "公务用车合计", "vehicle_purchase": "公务用车购置",
        "vehicle_operation": "公务用车运行", "agency_operation": "机关运行经费",
        "conference": "会议费", "training": "培训费", "total_with_meetings": "含会议培训合计",
    },
    "version": {"budget": "预算数", "final": "决算数", "prior_budget": "上年预算数"},
    "proof": {
        "proved": "已证", "proved_multi": "多重已证", "agreed": "两读一致", "single": "未证",
        "recognised": "识别未证", "source_inconsistent": "公布数不符", "suspect": "存疑",
        "corrected": "已更正",
    },
    "status": {
        "ok": "成立", "ok_rounding": "成立（四舍五入）", "failed": "不成立",
        "not_applicable": "不适用",
    },
    "action": {
        "accept": "无误", "correct": "更正", "publisher_error": "公布者之误", "reassign": "改归属",
    },
}  # fmt: skip

_NAMES = (
    "label_text", "func_code", "func_name", "gov_econ_code", "gov_econ_name", "dept_econ_code",
    "dept_econ_name", "budget_unit_name", "category_name", "catalog_l1", "catalog_l2",
    "catalog_l3", "project_code", "project_name", "level3", "department_name", "header_path",
)  # fmt: skip
_TERMS = ("row_type", "item", "version", "side", "flow", "fund_scope", "period", "revenue_source")


def word(column: str, value: object) -> str:
    """The Chinese word for a value of a vocabulary; the value itself where there is none."""
    return WORDS.get(column, {}).get(str(value), str(value))


def label_of(row: Mapping[str, Any]) -> str:
    """What a row is about: its codes and names, then its place in the table, in Chinese words."""
    names = dict.fromkeys(str(row[name]) for name in _NAMES if row.get(name))
    terms = [WORDS[name].get(str(row.get(name)), "") for name in _TERMS]
    if row.get("measure"):
        terms.append(word("measure", row["measure"]))
    told = " · ".join(dict.fromkeys(filter(None, terms)))
    return " · ".join(filter(None, (" ".join(names), told))) or "（无名 no name）"
