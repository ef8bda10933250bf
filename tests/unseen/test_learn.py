"""yusuan schema learn: lines for a person to review, which then let the table be read."""

from dataclasses import replace
from pathlib import Path

from typer.testing import CliRunner

from yusuan.cli.schema import app
from yusuan.extract.readers import read_document
from yusuan.extract.source import open_source
from yusuan.learn import Proposal, as_text, propose
from yusuan.normalize.document import normalize, prepare
from yusuan.schemas.loader import load
from yusuan.schemas.model import HeaderRule

from .draw_forms import Form, draw, index, read
from .test_unseen_forms import BY_CODE, body

STRANGE = Form(
    "水务资金盘子一览表",
    "科目编码|科目名称|资金盘子|基本支出盘子|项目支出盘子",
    body(BY_CODE, 3),
    [None] * 5,
)
NEARLY = Form(
    "部门支出总表",
    "科目编码|科目名称|合计|基本支出费|单位预留机动费",
    body(BY_CODE, 3),
    [None] * 5,
)
LIST = Form(
    "部门收支总表",
    "收入|<|支出|<\n项目|预算数|项目|预算数",
    [["一、财政拨款收入", "1.01", "一、教育支出", "2.02"],
     ["二、彩票公益资金", "3.03", "二、卫生健康支出", "4.04"]],
    [None] * 4,
)  # fmt: skip


def lines(form: Form) -> dict[str, Proposal]:
    return {p.line: p for p in propose(read(form), index(), "some city")}


def test_a_table_of_unknown_title_and_header() -> None:
    found = lines(STRANGE)
    assert "水务资金盘子一览表,?,,,,some city" in found
    assert {p.file for p in found.values()} == {"titles.csv"}


def test_a_column_that_is_nearly_known_comes_with_its_neighbours() -> None:
    found = lines(NEARLY)
    reserve = found["expenditure_fn,单位预留机动费,role=measure;measure=reserve,some city"]
    assert reserve.candidates[0] == "单位预留机动经费"
    assert "amounts" in reserve.reason
    assert reserve.page == 1


def test_an_unknown_label() -> None:
    found = lines(LIST)
    labels = [p for p in found.values() if p.file == "labels.csv"]
    assert [p.fields[:2] for p in labels] == [("summary", "彩票公益资金")]


def test_known_tables_need_nothing() -> None:
    assert lines(replace(NEARLY, header="科目编码|科目名称|合计|基本支出|项目支出")) == {}


def test_the_reviewed_line_lets_the_column_be_read() -> None:
    proposal = lines(NEARLY)["expenditure_fn,单位预留机动费,role=measure;measure=reserve,some city"]
    schemas = load()
    family, path, attributes, source = proposal.fields
    rule = HeaderRule(
        (family,), tuple(path.split("/")), dict(a.split("=") for a in attributes.split(";")), source
    )
    taught = prepare(replace(schemas, headers=(*schemas.headers, rule)))
    raw = read_document(open_source(draw(NEARLY), "form.pdf"))
    measures = {r.values["measure"] for r in normalize(raw, taught).records}
    assert measures >= {"total", "reserve"}


def test_the_text_holds_lines_as_they_stand_in_the_files() -> None:
    text = as_text(tuple(lines(NEARLY).values()))
    assert "## headers.csv: families,path,attributes,source" in text
    assert "\nexpenditure_fn,单位预留机动费,role=measure;measure=reserve,some city\n" in text
    assert "# nearest: 单位预留机动经费" in text


def test_the_command_prints_the_lines(tmp_path: Path) -> None:
    file = tmp_path / "form.pdf"
    file.write_bytes(draw(STRANGE))
    outcome = CliRunner().invoke(app, ["learn", str(file), "--source", "here"])
    assert outcome.exit_code == 0
    assert "水务资金盘子一览表,?,,,,here" in outcome.stdout


def test_the_finding_of_an_unknown_column_names_its_neighbours() -> None:
    notes = [f.note for f in read(NEARLY).findings if f.code == "column-unmapped"]
    assert any("nearest: 单位预留机动经费" in note for note in notes)
