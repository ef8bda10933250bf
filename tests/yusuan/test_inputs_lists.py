"""Lists with what the user knows of each document, and what becomes of that."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as given_examples
from hypothesis import strategies as st

from yusuan.inputs import Given, Input, InputError, find_inputs
from yusuan.inputs.given import copies_findings, given_columns, given_findings

FULL = Given("江苏省", "苏州市", "姑苏区", "市场监督管理局", 2026, "https://example.org/1.html")
ROW = ",".join(map(str, ("in/预算.pdf", *(getattr(FULL, name) for name in FULL.__slots__))))


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """The folder of lists, with one document."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "预算.pdf").write_bytes(b"")
    return tmp_path


def read(
    folder: Path, text: str, encoding: str = "utf-8", name: str = "list.csv"
) -> Sequence[Input]:
    (folder / name).write_bytes(text.encode(encoding))
    return find_inputs([str(folder / name)])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize(
    "heading",
    [
        "path,province,city,district,publisher,year,url",
        "文件,省份,城市,区县,编制单位,年度,网址",
        "文件路径, 省 ,地级市,县(区),部门名称,预算年度,链接",
    ],
)
def test_columns_are_known_by_their_headings(listed: Path, heading: str, encoding: str) -> None:
    (one,) = read(listed, f"{heading}\r\n{ROW}\r\n", encoding)
    assert one == Input(str(listed / "in" / "预算.pdf"), given=FULL)


def test_a_list_of_addresses(listed: Path) -> None:
    address = "https://example.org/1.pdf"
    (one,) = read(listed, f"年份,网址\n2026年度,{address}\n")
    assert one == Input(address, given=Given(year=2026, url=address))


def test_without_a_heading_that_names_documents_the_first_column_does(listed: Path) -> None:
    (one,) = read(listed, "in/预算.pdf,甲\n")
    assert one == Input(str(listed / "in" / "预算.pdf"))


def test_tabs_quotes_and_blank_lines(listed: Path) -> None:
    text = 'path\tpublisher\n\n"in/预算.pdf"\t"甲\n局"\n\t\n'
    (one,) = read(listed, text)
    assert one.given == Given(publisher="甲\n局")


def test_columns_that_are_not_used_are_told(listed: Path) -> None:
    (listed / "list.csv").write_text("path,备注,yaer\nin/预算.pdf,x,2026\n")
    told: list[str] = []
    find_inputs([str(listed / "list.csv")], told.append)
    assert told == [f"{listed / 'list.csv'}: columns that are not used: 备注, yaer"]


def test_a_missing_file_keeps_what_is_said_of_it(listed: Path) -> None:
    (one,) = read(listed, "path,year\nin/none.pdf,2026\n")
    assert one.error == "no such file (listed in list.csv, line 2)."
    assert one.given.year == 2026


def test_a_name_that_no_file_can_have_fails_alone(listed: Path) -> None:
    long, good = read(listed, f"path\n{'长' * 300}.pdf\nin/预算.pdf\n")[::-1]
    assert good.error is None
    assert long.error is not None
    assert "cannot be looked up: File name too long (listed in list.csv, line 2)" in long.error
    with pytest.raises(InputError, match="File name too long"):
        find_inputs(["长" * 300 + ".pdf"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("path,year\nin/预算.pdf,20226\n", r"line 2: '20226' is no year"),
        ("path,year\nin/预算.pdf,2026\n,2025\n", "line 3: the row names no file"),
        ("path,file\na,b\n", "two columns mean the path: 'path' and 'file'"),
        ("path,year\nin/预算.pdf,2025\nin/预算.pdf,2026\n", "two values of year: 2025 and 2026"),
        ("path,year\n", "lists no files"),
    ],
)
def test_what_is_wrong_in_a_list_is_told_with_its_place(listed: Path, text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read(listed, text)


def test_neither_utf8_nor_gb18030(listed: Path) -> None:
    (listed / "list.csv").write_bytes(b"path\n\xff\xff\n")
    with pytest.raises(InputError, match="neither UTF-8 nor GB18030"):
        find_inputs([str(listed / "list.csv")])


def test_lists_complete_each_other(listed: Path) -> None:
    read(listed, "path,year\nin/预算.pdf,2026\n", name="a.csv")
    read(listed, "path,city\nin/预算.pdf,苏州市\n", name="b.csv")
    names = [str(listed / name) for name in ("in", "a.csv", "b.csv")]
    (one,) = find_inputs(names)
    assert one.given == Given(year=2026, city="苏州市")
    assert find_inputs(reversed(names)) == (one,)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given_examples(parts=st.lists(st.sampled_from([*"年省市区,\t\n\r\"'# 0129甲", "path", "2026"])))
def test_any_text_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("lists") / "list.csv"
    path.write_bytes("".join(parts).encode())
    try:
        found = find_inputs([str(path)])
    except InputError as error:
        assert str(path) in str(error) or "listed with two values" in str(error)
    else:
        assert found


PRINTED = {
    "province": "江苏省",
    "city": "苏州市",
    "district": None,
    "publisher": "苏州市市场监督管理局",
    "fiscal_year": 2026,
}


@pytest.mark.parametrize(
    "said",
    [
        Given(),
        FULL,
        Given(province="江苏", city="苏州", publisher="苏州市市场监督管理局"),
        Given(district="姑苏区", url="https://example.org"),
    ],
)
def test_what_agrees_is_no_finding(said: Given) -> None:
    assert not list(given_findings(PRINTED, said))


def test_what_disagrees_is_a_finding_and_both_are_kept() -> None:
    said = Given("浙江", "苏州", publisher="财政局", year=2025)
    found = list(given_findings(PRINTED, said))
    assert [finding.column for finding in found] == ["province", "publisher", "fiscal_year"]
    assert {finding.code for finding in found} == {"given-differs"}
    assert "the list says 2025, the document prints 2026" in found[-1].note
    assert given_columns(said)["given_year"] == 2025


def test_copies_of_which_the_list_says_otherwise_are_findings() -> None:
    others = [("b.pdf", Given(year=2026)), ("c.pdf", Given(url="x")), ("d.pdf", Given(year=2025))]
    found = list(copies_findings(Given(year=2026, url="y"), others))
    assert len(found) == 1
    assert "2026 of this document and 2025 of d.pdf" in found[0].note
