"""机构运行信息表 of final accounts: money and counts in one list."""

import pytest

from yusuan.normalize.document import normalize, prepare
from yusuan.schemas.loader import load

INDEX = prepare(load())
CAPTION = ["公开10表", "机构运行信息表", "金额单位：万元"]
HEAD = ["项目", "行次", "年初预算数", "全年预算数", "决算数"]
MONEY = [
    ["栏次", "", "1", "2", "3"],
    ["一、“三公”经费支出", "1", "—", "—", "—"],
    ["（一）支出合计", "2", "3.00", "2.00", "1.50"],
    ["1．因公出国（境）费", "3", "0.00", "0.00", "0.00"],
    ["2．公务用车购置及运行维护费", "4", "2.00", "1.50", "1.20"],
    ["（1）公务用车购置费", "5", "0.00", "0.00", "0.00"],
    ["（2）公务用车运行维护费", "6", "2.00", "1.50", "1.20"],
    ["3．公务接待费", "7", "1.00", "0.50", "0.30"],
    ["（1）国内接待费", "8", "—", "—", "0.30"],
    ["其中：外事接待费", "9", "—", "—", "0.10"],
    ["（二）相关统计数", "10", "—", "—", "—"],
]
COUNTS = [
    ["1．因公出国（境）团组数（个）", "11", "—", "—", "5"],
    ["5．国内公务接待批次（个）", "15", "—", "—", "4"],
    ["其中：外事接待批次（个）", "16", "—", "—", "3"],
]
RUNNING = [["二、机关运行经费", "20", "—", "—", "35.20"]]
ASSETS = [
    ["三、国有资产占用情况", "23", "—", "—", "—"],
    ["（一）车辆数合计（辆）", "24", "—", "—", "2"],
    ["1．副部（省）级及以上领导用车", "25", "—", "—", "1"],
    ["7．其他用车", "31", "—", "—", "1"],
    ["（二）单价100万元（含）以上设备（台，套）", "32", "—", "—", "6"],
]
BOUGHT = [
    ["四、政府采购支出信息", "33", "—", "—", "—"],
    ["（一）政府采购支出合计", "34", "—", "—", "12.00"],
    ["1．政府采购货物支出", "35", "—", "—", "12.00"],
]


@pytest.fixture
def read(table, page, document):
    def run(*rows, head=HEAD, caption=CAPTION):
        widths = [150.0 if text == "项目" else 40.0 for text in head]
        drawn = table([head, *rows], caption=caption, widths=widths)
        result = normalize(document(page(drawn)), INDEX)
        told = [r.values for r in result.records if r.table == "amount_details"]
        return result, {
            (r["label_text"], r["header_path"]): r["amount_text"]
            for r in told
            if r["value_status"] != "dash"
        }

    return run


def test_money_goes_to_the_details_and_counts_do_not(read):
    result, told = read(*MONEY, *COUNTS, *RUNNING, *ASSETS, *BOUGHT)
    assert [t.values["family"] for t in result.tables] == ["running_cost"]
    assert result.tables[0].values["doc_kind"] == "final"
    assert told["（一）支出合计", "年初预算数"] == "3.00"
    assert told["（一）支出合计", "全年预算数"] == "2.00"
    assert told["其中：外事接待费", "决算数"] == "0.10"
    assert told["二、机关运行经费", "决算数"] == "35.20"
    assert told["1．政府采购货物支出", "决算数"] == "12.00"
    assert set(told.values()).isdisjoint("123456")
    counted = {k for k, use in result.uses.items() if use == ("ignored", "quantity")}
    assert {(1, 0, row, 4) for row in range(len(MONEY) + 1, len(MONEY) + 4)} <= counted
    assert not result.findings or {f.code for f in result.findings} <= {"year-unknown"}


def test_no_column_of_it_is_a_part_of_another(read):
    result, _ = read(*MONEY)
    details = [r.values for r in result.records if r.table == "amount_details"]
    assert details and not any(r.get("of_row_id") for r in details)


def test_vehicles_under_their_sum_are_counted_also_without_ordinals(read):
    rows = [
        ["车辆数合计（辆）", "24", "—", "—", "2"],
        ["其中：机要通信用车", "27", "—", "—", "1"],
        ["执法执勤用车", "29", "—", "—", "1"],
        ["机关运行经费", "30", "—", "—", "7"],
    ]
    _, told = read(*MONEY[:-1], *rows)
    assert {label for label, _ in told if "用车" in label and "公务" not in label} == set()
    assert told["机关运行经费", "决算数"] == "7"


def test_a_total_below_counts_is_money(read):
    _, told = read(*MONEY, *COUNTS, ["合计", "40", "—", "—", "9.00"])
    assert told["合计", "决算数"] == "9.00"


def test_the_form_in_two_lists_side_by_side(read):
    head = [*HEAD, "项目", "行次", "统计数"]
    right = [["栏次", "", "4"], *([r[0], r[1], r[4]] for r in [*ASSETS, *BOUGHT])]
    rows = [[*left, *beside] for left, beside in zip(MONEY, right, strict=False)]
    _, told = read(*rows, head=head)
    assert told["（一）支出合计", "决算数"] == "1.50"
    assert told["（一）政府采购支出合计", "统计数"] == "12.00"
    assert set(told.values()).isdisjoint("126")
