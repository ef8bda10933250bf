import pytest

from yusuan.extract.model import Box, Cell, Line, RawPage, RawTable
from yusuan.normalize.captions import Caption
from yusuan.normalize.metadata import document_meta, place_of, read_cover


def printed(*texts: str) -> tuple[Line, ...]:
    return tuple(
        Line(text, Box(50, 30.0 * row, 400, 30.0 * row + 20), 20) for row, text in enumerate(texts)
    )


def cover(*texts: str) -> RawPage:
    return RawPage(1, 595, 842, 0, lines=printed(*texts))


def form(*rows: tuple[str, ...], number: int = 2) -> RawPage:
    width = max(map(len, rows))
    cells = tuple(
        Cell(r, c, 1, 1, Box(c * 100, r * 20, c * 100 + 100, r * 20 + 20), printed(text))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    )
    edges = (
        tuple(100.0 * c for c in range(width + 1)),
        tuple(20.0 * r for r in range(len(rows) + 1)),
    )
    table = RawTable(number, 0, Box(0, 0, 100, 100), len(rows), width, cells, *edges)
    return RawPage(number, 595, 842, 0, tables=(table,))


NOTHING = dict.fromkeys(
    (
        "fiscal_year", "publisher", "parent_department", "province", "city", "district",
        "doc_scope", "doc_kind", "unit_code",
    )
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("上海市普陀区司法局", ("上海市", "上海市", "普陀区")),
        ("北京市朝阳区城市管理指挥中心", ("北京市", "北京市", "朝阳区")),
        ("上海市浦东新区财政局", ("上海市", "上海市", "浦东新区")),
        ("北京市财政局", ("北京市", "北京市", None)),
        ("北京市社区服务中心", ("北京市", "北京市", None)),
        ("江苏省人民检察院", ("江苏省", None, None)),
        ("中国共产党江苏省委员会办公厅", ("江苏省", None, None)),
        ("江苏省苏州市吴中区财政局", ("江苏省", "苏州市", "吴中区")),
        ("广州市市场监督管理局", (None, "广州市", None)),
        ("西安市民政局", (None, "西安市", None)),
        ("福州市仓山生态环境局", (None, "福州市", None)),
        ("长沙市长沙县财政局", (None, "长沙市", "长沙县")),
        ("普陀区司法局", (None, None, None)),
        ("市场监督管理局", (None, None, None)),
        (None, (None, None, None)),
    ],
)
def test_place_is_what_the_name_says(name, place):
    assert place_of(name) == place


def test_department_budget_by_cover_and_captions():
    pages = [cover("上海市普陀区2026年区级部门预算", "预算主管部门：上海市普陀区司法局")]
    captions = [
        Caption("收支总表", "收支总表", year=2026, kind="budget", publisher="上海市普陀区司法局",
                publisher_label="编制部门")
    ]  # fmt: skip
    assert document_meta(pages, captions, "x.pdf") == {
        "fiscal_year": 2026,
        "publisher": "上海市普陀区司法局",
        "parent_department": "上海市普陀区司法局",
        "province": "上海市",
        "city": "上海市",
        "district": "普陀区",
        "doc_scope": "department",
        "doc_kind": "budget",
        "unit_code": None,
    }


@pytest.mark.parametrize(
    ("lines", "publisher", "year", "scope", "kind"),
    [
        (("2026 年度", "福州市商务局", "部门预算"), "福州市商务局", 2026, "department", "budget"),
        (("2026 年深圳市气象局（本级）部门预", "算"), "深圳市气象局（本级）", 2026, "department",
         "budget"),
        (("上海市普陀区规划和自然", "资源局", "2024 年度部门决算"),
         "上海市普陀区规划和自然资源局", 2024, "department", "final"),
        (("2026 年度", "福州市仓山生态环境局", "单位预算"), "福州市仓山生态环境局", 2026, "unit",
         "budget"),
        (("西安市民政局", "2021 年部门综合预算", "目 录"), "西安市民政局", 2021, "department",
         "budget"),
        (("上海市2026年市级单位预算", "预算单位：上海市数据局"), "上海市数据局", 2026, "unit",
         "budget"),
        (("上海市 XX 局", "2024 年度部门决算"), None, 2024, "department", "final"),
        (("第一部分 2026 年度部门预算情况说明", "一、部门情况说明"), None, 2026, "department",
         "budget"),
    ],
)  # fmt: skip
def test_cover_alone(lines, publisher, year, scope, kind):
    meta = document_meta([cover(*lines)], [], "2020年某局部门决算.pdf")
    assert (meta["publisher"], meta["fiscal_year"]) == (publisher, year)
    assert (meta["doc_scope"], meta["doc_kind"]) == (scope, kind)


def test_a_file_name_is_no_evidence():
    assert document_meta([], [], "北京市财政局2026年部门预算.pdf") == NOTHING


def test_contradicting_captions_settle_nothing():
    captions = [
        Caption(year=2025, publisher="甲市财政局", publisher_label="编制部门", kind="budget"),
        Caption(year=2026, publisher="乙市财政局", publisher_label="编制单位", kind="final"),
    ]
    assert document_meta([], captions, "") == NOTHING


def test_last_years_table_does_not_change_the_year():
    captions = [Caption(year=2026)] * 5 + [Caption(year=2025)]
    assert document_meta([], captions, "")["fiscal_year"] == 2026
    assert document_meta([], [Caption(year=2026)] * 5 + [Caption(year=2025)] * 4, "")[
        "fiscal_year"
    ] is None  # fmt: skip


def test_form_tells_name_and_year_and_unit_column_the_code():
    pages = [
        form(("单位名称", "项目名称", "金额"), ("310001-北京市朝阳区某某中心", "某项目", "1.00")),
        form(("部门名称", "北京市朝阳区某某中心"), ("（2026年度）", ""), number=3),
    ]
    meta = document_meta(pages, [], "")
    assert meta["publisher"] == "北京市朝阳区某某中心"
    assert meta["unit_code"] == "310001"
    assert meta["fiscal_year"] == 2026
    assert meta["district"] == "朝阳区"
    assert meta["doc_scope"] is None


def test_several_units_give_no_code():
    pages = [form(("310001-甲中心", "1"), ("310002-乙中心", "2"))]
    assert document_meta(pages, [], "")["unit_code"] is None


def test_the_cover_says_the_place_where_the_publisher_does_not(page):
    lines = [Line("上海市2026年市级单位预算", Box(100, 100, 400, 120), 18.0)]
    assert read_cover([page(number=1, lines=lines)]).place == "上海市"
