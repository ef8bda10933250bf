"""What a printed column or label means, written down by hand.

From the contract's conventions and the domain notes; nothing is read from ``schemas/``, whose
errors must not be repeated here.
"""

from typing import Any

Values = dict[str, Any]

TABLE_OF_FAMILY = {
    "summary": "summary",
    "fiscal_summary": "summary",
    "revenue_fn": "revenue",
    "expenditure_fn": "expenditure",
    "general_fn": "expenditure",
    "fund_fn": "expenditure",
    "capital_fn": "expenditure",
    "basic_econ": "basic_expenditure",
    "three_public": "three_public",
    "procurement": "procurement",
    "purchased_service": "purchased_services",
}
FUNDS_OF_FAMILY = {
    "summary": "all",
    "fiscal_summary": "fiscal",
    "revenue_fn": "all",
    "basic_econ": "general_public",
    "three_public": "fiscal",
    "expenditure_fn": "all",
    "general_fn": "general_public",
    "fund_fn": "gov_fund",
    "capital_fn": "state_capital",
}

# The columns compared, beside those of every money fact (MONEY).
ATTRIBUTES = {
    "summary": "side line_no label_text label_norm parent_label line_kind func_code fund_scope "
    "measure",
    "revenue": "func_code func_level func_name row_type is_leaf budget_unit_code budget_unit_name "
    "period revenue_source",
    "expenditure": "fund_scope flow func_code func_level func_name gov_econ_code gov_econ_name "
    "dept_econ_code dept_econ_name budget_unit_code budget_unit_name row_type is_leaf measure",
    "basic_expenditure": "fund_scope dept_econ_code dept_econ_level dept_econ_name gov_econ_code "
    "gov_econ_name row_type is_leaf measure",
    "three_public": "item version fund_scope",
    "procurement": "category_code category_name row_type",
    "purchased_services": "catalog_l1 catalog_l2 catalog_l3 service_field row_type",
}
MONEY = "amount_text amount_yuan published_unit published_decimals value_status"


def _measures(*pairs: tuple[str, str]) -> dict[str, Values]:
    return {path: {"measure": measure} for path, measure in pairs}


def _spent(prefix: str, *pairs: tuple[str, str]) -> dict[str, Values]:
    return {prefix + path: {"measure": measure, "flow": "expenditure"} for path, measure in pairs}


_SOURCES = {
    "财政拨款收入": "fiscal",
    "上级补助收入": "superior",
    "事业收入": "business",
    "经营收入": "operating",
    "附属单位上缴收入": "affiliate",
    "其他收入": "other",
    "一般公共预算": "general_public",
    "政府性基金预算": "gov_fund",
    "国有资本经营预算": "state_capital",
    # Money beside the three budgets, as 单位资金 (not 其他收入, one kind of it).
    "其他资金": "unit_funds",
}
_TOTAL_BASIC_PROJECT = (("合计", "total"), ("基本支出", "basic"), ("项目支出", "project"))

MEANING: dict[str, dict[str, Values]] = {
    "summary": {
        **{f"{side}/{last}": {} for side in ("收入", "支出") for last in ("预算数", "金额")},
        "本年收入/预算数": {},
        "本年支出/预算数": {},
    },
    "fiscal_summary": {
        # None: told by the line's label (收入) or 财政拨款 as a whole (one amount per line)
        "收入/预算数": {"fund_scope": None},
        "收入/金额": {"fund_scope": None},
        "财政拨款收入/预算数": {"fund_scope": None},
        "支出/预算数": {"fund_scope": "fiscal"},
        "支出/合计": {"fund_scope": "fiscal"},
        "支出/一般公共预算财政拨款": {"fund_scope": "general_public"},
        "支出/政府性基金预算财政拨款": {"fund_scope": "gov_fund"},
        "支出/国有资本经营预算财政拨款": {"fund_scope": "state_capital"},
        "财政拨款支出/合计": {"fund_scope": "fiscal"},
        "财政拨款支出/一般公共预算": {"fund_scope": "general_public"},
        "财政拨款支出/政府性基金预算": {"fund_scope": "gov_fund"},
        "财政拨款支出/国有资本经营预算": {"fund_scope": "state_capital"},
    },
    "revenue_fn": {
        "合计": {"period": "total", "revenue_source": "total"},
        "收入预算/合计": {"period": "total", "revenue_source": "total"},
        "本年收入合计": {"period": "current", "revenue_source": "total"},
        **{
            prefix + path: {"period": "current", "revenue_source": source}
            for path, source in {**_SOURCES, "事业单位经营收入": "operating"}.items()
            for prefix in ("", "收入预算/")
        },
    },
    "expenditure_fn": {
        **_spent("", *_TOTAL_BASIC_PROJECT),
        **_spent("支出预算/", *_TOTAL_BASIC_PROJECT),
        **_spent(
            "",
            ("本年支出合计", "total"),
            ("上缴上级支出", "to_superior"),
            ("经营支出", "operating"),
            ("对附属单位补助支出", "to_affiliate"),
            ("其中/事业单位经营支出", "operating"),
            ("其中/上缴上级支出", "to_superior"),
            ("其中/对附属单位补助支出", "to_affiliate"),
        ),
    },
    "general_fn": {
        **_spent("", *_TOTAL_BASIC_PROJECT),
        **_spent("本年支出/", *_TOTAL_BASIC_PROJECT),
        **_spent("一般公共预算支出/", *_TOTAL_BASIC_PROJECT),
        **_spent(
            "预算数/",
            ("合计", "total"),
            ("基本支出/小计", "basic"),
            ("基本支出/人员经费", "basic_personnel"),
            ("基本支出/公用经费", "basic_public"),
            ("项目支出/项目支出总数", "project"),
            ("项目支出/扣除基建项目后预算数", "project_ex_infrastructure"),
        ),
    },
    "fund_fn": {
        **_spent("预算数/", *_TOTAL_BASIC_PROJECT),
        **_spent("政府性基金预算支出/", *_TOTAL_BASIC_PROJECT),
        **_spent("本年政府性基金预算支出/", *_TOTAL_BASIC_PROJECT),
        **_spent("本年支出/", ("小计", "total"), ("基本支出", "basic"), ("项目支出", "project")),
        "年初结转和结余": {"measure": "total", "flow": "carry_in"},
        "本年收入": {"measure": "total", "flow": "revenue"},
        "年末结转和结余": {"measure": "total", "flow": "carry_out"},
    },
    "capital_fn": {
        **_spent("本年支出/", *_TOTAL_BASIC_PROJECT),
        **_spent("国有资本经营预算支出/", *_TOTAL_BASIC_PROJECT),
        **_spent("本年国有资本经营预算支出/", *_TOTAL_BASIC_PROJECT),
    },
    "basic_econ": {
        **{
            f"{prefix}/{path}": {"measure": measure}
            for prefix in ("预算数", "一般公共预算基本支出", "2026年基本支出")
            for path, measure in (("合计", "total"), ("人员经费", "personnel"),
                                  ("公用经费", "public"))
        },
        # Two lanes: the lane decides.
        **_measures(("人员经费/决算数", "personnel"), ("公用经费/决算数", "public")),
    },
    "three_public": {},
    "procurement": {"金额": {}},
    "purchased_service": {"预算金额": {}},
}  # fmt: skip
ITEMS = {
    "合计": "total",
    "“三公”经费合计": "total",
    "“三公”经费财政拨款预算总额": "total",
    "因公出国（境）费": "abroad",
    "因公出国（境）费用": "abroad",
    "公务接待费": "reception",
    "小计": "vehicle_total",
    "购置费": "vehicle_purchase",
    "公务用车购置费": "vehicle_purchase",
    "运行费": "vehicle_operation",
    "公务用车运行费": "vehicle_operation",
    "公务用车运行维护费": "vehicle_operation",
    "机关运行经费预算数": "agency_operation",
}
# The 类 of the functional classification that a 收支总表 lists by name (2026).
CLASSES = {
    "一般公共服务支出": "201", "外交支出": "202", "国防支出": "203", "公共安全支出": "204",
    "教育支出": "205", "科学技术支出": "206", "文化旅游体育与传媒支出": "207",
    "社会保障和就业支出": "208", "卫生健康支出": "210", "节能环保支出": "211",
    "城乡社区支出": "212", "农林水支出": "213", "交通运输支出": "214",
    "资源勘探工业信息等支出": "215", "商业服务业等支出": "216", "金融支出": "217",
    "援助其他地区支出": "219", "自然资源海洋气象等支出": "220", "住房保障支出": "221",
    "粮油物资储备支出": "222", "国有资本经营预算支出": "223", "灾害防治及应急管理支出": "224",
    "其他支出": "229", "债务付息支出": "232", "债务发行费用支出": "233",
    "抗疫特别国债安排的支出": "234",
}  # fmt: skip
KINDS = {
    "grand_total": {"总计", "收入总计", "支出总计"},
    "year_total": {"本年收入合计", "本年支出合计", "本年收入", "本年支出"},
    "carry_in": {"上年结转结余", "上年结转", "年初结转和结余", "年初财政拨款结转和结余"},
    "carry_out": {"年终结转结余", "年末结转和结余", "年末财政拨款结转和结余"},
    "surplus_used": {"使用非财政拨款结余（含专用结余）"},
    "surplus_alloc": {"结余分配"},
}
LABEL_ENDS = ("项目", "行次", "科目编码", "科目名称", "类", "款", "项", "功能分类科目名称",
               "部门预算经济分类科目名称", "支出功能分类科目", "政府支出经济分类科目",
               "部门支出经济分类科目", "单位名称", "采购类别", "一级", "二级", "三级",
               "服务领域")  # fmt: skip
