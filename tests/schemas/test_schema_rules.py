"""What the rules say of titles and headers as they are published."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from yusuan.schemas import load
from yusuan.schemas.model import HeaderRule


def family_of(title: str) -> str | None:
    """The longest suffix wins."""
    rules = [t for t in load().titles if title.endswith(t.suffix)]
    return max(rules, key=lambda t: len(t.suffix)).family if rules else None


@pytest.mark.parametrize(
    ("title", "family"),
    [
        ("收支总表", "summary"),
        ("财务收支预算总表", "summary"),
        ("收入支出决算总表", "summary"),
        ("财政拨款收支总表", "fiscal_summary"),
        ("财政拨款收入支出决算总表", "fiscal_summary"),
        ("收入总表", "revenue_fn"),
        ("支出预算总表", "expenditure_fn"),
        ("支出决算表", "expenditure_fn"),
        ("基本支出总表", "basic_detail"),
        ("一般公共预算支出表", "general_fn"),
        ("一般公共预算支出表（按经济分类）", "expenditure_detail"),
        ("一般公共预算财政拨款支出决算表", "general_fn"),
        ("一般公共预算财政拨款基本支出决算表", "basic_econ"),
        ("一般公共预算基本支出部门预算经济分类预算表", "basic_econ"),
        ("政府性基金预算财政拨款收入支出决算表", "fund_fn"),
        ("国有资本经营预算支出功能分类预算表", "capital_fn"),
        ("财政拨款三公经费支出决算表", "three_public"),
        ("三公经费和机关运行经费预算表", "three_public"),
        ("政府采购预算明细表", "procurement"),
        ("财政拨款政府购买服务明细表", "purchased_service"),
        ("项目支出绩效目标表", "project_perf"),
        ("整体支出绩效目标表", "dept_perf"),
        ("专项转移支付绩效目标表", "-"),
        ("公务员名录", None),
    ],
)
def test_title_tells_the_family(title: str, family: str | None) -> None:
    assert family_of(title) == family


def test_procurement_within_the_totals_is_no_total() -> None:
    """Shenzhen repeats the procurement share of each row under a heading of its own."""
    measure = attributes_of("expenditure_fn", "政府采购项目", "小计")["measure"]
    assert measure == "of_which_procurement"


def test_final_accounts_are_told_by_their_titles() -> None:
    for rule in load().titles:
        if "决算" in rule.suffix and rule.family != "-":
            assert rule.kind == "final", rule.suffix


def attributes_of(family: str, *path: str) -> Mapping[str, str]:
    """The merged attributes of a header path, as the rules' documentation says."""
    matching = [r for r in load().headers if _applies(r, family) and _matches(r, path)]
    merged: dict[str, str] = {}
    for rule in sorted(matching, key=_specificity):
        merged.update(rule.attributes)
    return merged


def _applies(rule: HeaderRule, family: str) -> bool:
    return family in rule.families or "*" in rule.families


def _matches(rule: HeaderRule, path: tuple[str, ...]) -> bool:
    anywhere = rule.path[-1] == "*"
    wanted = rule.path[:-1]
    segments = iter(path if anywhere else path[:-1])
    return (anywhere or rule.path[-1] == path[-1]) and all(s in segments for s in wanted)


def _specificity(rule: HeaderRule) -> tuple[int, bool, bool]:
    anchored = rule.path[-1] != "*"
    return (len(rule.path) - (not anchored), anchored, "*" not in rule.families)


@pytest.mark.parametrize(
    ("family", "path", "expected"),
    [
        ("general_fn", "预算数/合计", {"role": "measure", "measure": "total"}),
        ("general_fn", "一般公共预算支出/合计", {"role": "measure", "measure": "total"}),
        ("general_fn", "预算数/基本支出/小计", {"role": "measure", "measure": "basic"}),
        ("general_fn", "预算数/项目支出/小计", {"role": "measure", "measure": "project"}),
        ("general_fn", "基本支出/人员经费", {"role": "measure", "measure": "basic_personnel"}),
        (
            "expenditure_fn",
            "其中/事业单位经营支出",
            {"role": "measure", "measure": "operating"},
        ),
        (
            "fund_fn",
            "年初结转和结余",
            {"role": "measure", "measure": "total", "flow": "carry_in"},
        ),
        (
            "fund_fn",
            "本年支出/基本支出",
            {"role": "measure", "measure": "basic", "flow": "expenditure"},
        ),
        (
            "revenue_fn",
            "合计",
            {"role": "measure", "period": "total", "revenue_source": "total"},
        ),
        (
            "revenue_fn",
            "本年收入/小计",
            {"role": "measure", "period": "current", "revenue_source": "total"},
        ),
        (
            "revenue_fn",
            "本年收入/一般公共预算资金",
            {"role": "measure", "period": "current", "revenue_source": "general_public"},
        ),
        (
            "revenue_fn",
            "上年结转结余/小计",
            {"role": "measure", "period": "carry_in", "revenue_source": "total"},
        ),
        (
            "revenue_fn",
            "上年结转结余/单位资金",
            {"role": "measure", "period": "carry_in", "revenue_source": "unit_funds"},
        ),
        ("revenue_fn", "项目/功能分类科目编码/类", {"role": "func_code_1"}),
        ("basic_econ", "经济分类科目编码/款", {"role": "dept_econ_code_2"}),
        ("basic_econ", "预算数/公用经费", {"role": "measure", "measure": "public"}),
        ("summary", "收入/项目", {"role": "label", "side": "revenue"}),
        (
            "summary",
            "本年支出/预算数/基本支出/公用经费",
            {"role": "measure", "side": "expenditure", "measure": "basic_public"},
        ),
        (
            "fiscal_summary",
            "支出/政府性基金预算",
            {
                "role": "measure",
                "side": "expenditure",
                "measure": "total",
                "fund_scope": "gov_fund",
            },
        ),
        (
            "three_public",
            "三公经费预算数/公务用车购置及运行费/小计",
            {"role": "measure", "item": "vehicle_total", "version": "budget"},
        ),
        (
            "three_public",
            "财政拨款三公经费/公务用车购置及运行费/公务用车购置费/决算数",
            {"role": "measure", "item": "vehicle_purchase", "version": "final"},
        ),
        ("three_public", "机关运行经费预算数", {"role": "measure", "item": "agency_operation"}),
        ("project_perf", "其中/财政资金", {"role": "project_fiscal"}),
        ("project_perf", "本年绩效指标值", {"role": "value"}),
        ("dept_perf", "其他资金/项目支出", {"role": "field", "field": "other_project"}),
        ("procurement", "采购类别", {"role": "category"}),
        ("general_fn", "序号", {"role": "seq"}),
        ("general_fn", "从未见过", {}),
    ],
)
def test_header_path_tells_the_column(family: str, path: str, expected: dict[str, str]) -> None:
    assert dict(attributes_of(family, *path.split("/"))) == expected


def test_no_two_rules_contradict_each_other_at_equal_weight() -> None:
    """Rules of equal weight that meet in one column must agree, or file order would decide."""
    for family in load().families:
        rules = [r for r in load().headers if _applies(r, family)]
        for path in {r.path for r in rules if r.path[-1] != "*"}:
            _assert_agreement(family, path, [r for r in rules if _matches(r, path)])


def _assert_agreement(family: str, path: tuple[str, ...], rules: list[HeaderRule]) -> None:
    for name in {n for rule in rules for n in rule.attributes}:
        setting = [r for r in rules if name in r.attributes]
        strongest = max(_specificity(r) for r in setting)
        values = {r.attributes[name] for r in setting if _specificity(r) == strongest}
        assert len(values) == 1, (family, "/".join(path), name, values)


def test_a_source_under_a_carry_over_heading_is_carried_over() -> None:
    """The heading must win over the source's own name, which stands for the current year."""
    sources = [
        r.path[0]
        for r in load().headers
        if r.families == ("revenue_fn",)
        and len(r.path) == 1
        and r.attributes.get("period") == "current"
        and r.attributes["revenue_source"] != "total"
    ]
    assert len(sources) > 30
    for source in sources:
        for heading in ("上年结转结余", "上年结转"):
            found = attributes_of("revenue_fn", heading, source)
            assert found["period"] == "carry_in", (heading, source)


@pytest.mark.parametrize(
    ("heading", "flow"), [("年初结转和结余", "carry_in"), ("年末结转和结余", "carry_out")]
)
def test_the_heading_gives_the_flow_of_a_fund(heading: str, flow: str) -> None:
    for leaf in ("小计", "基本支出结转", "项目支出结转和结余"):
        assert attributes_of("fund_fn", heading, leaf)["flow"] == flow


def test_function_classes_are_known_by_old_names_too() -> None:
    names = load().codes["functional"].names
    assert names["210"][0] == "卫生健康支出"
    assert "医疗卫生与计划生育支出" in names["210"]
    assert "资源勘探信息等支出" in names["215"]


def test_levels_are_closed_lists() -> None:
    vocabularies = load().vocabularies
    assert {"产出指标", "效益指标", "满意度指标", "成本指标"} <= set(
        vocabularies["indicator_level1"]
    )
    assert {"数量指标", "服务对象满意度指标"} <= set(vocabularies["indicator_level2"])
