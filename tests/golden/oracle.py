"""What the canonical records of a sample must be, derived from its golden and nothing of ours."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from .meanings import (
    CLASSES,
    FUNDS_OF_FAMILY,
    ITEMS,
    KINDS,
    LABEL_ENDS,
    MEANING,
    TABLE_OF_FAMILY,
    Values,
)

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
NAMES = sorted(p.name.removesuffix(".truth.json") for p in SAMPLES.glob("*.truth.json"))
FACTOR = {"元": Decimal(1), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}
DASHES = {"-", "—", "－", "–", "―"}


@dataclass(frozen=True)
class TrueTable:
    """A table of a golden; ``number`` counts from 0 in the sample."""

    sample: str
    number: int
    doc_kind: str
    data: dict[str, Any]

    @property
    def family(self) -> str:
        return str(self.data["family"])

    def __str__(self) -> str:
        return f"{self.sample}-{self.number}-{self.family}"


def golden(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(
        (SAMPLES / f"{name}.truth.json").read_text(encoding="utf-8")
    )
    return loaded


def true_tables(*families: str) -> list[TrueTable]:
    """The tables of all samples, of these families if any are given."""
    return [
        TrueTable(name, number, golden(name)["document"]["doc_kind"], table)
        for name in NAMES
        for number, table in enumerate(golden(name)["tables"])
        if not families or table["family"] in families
    ]


def known(tables: list[TrueTable], defects: dict[str, str]) -> list[Any]:
    """The tables as parameters; those named in ``defects`` (id: reason) fail, and must."""
    assert set(defects) <= {str(t) for t in tables}
    return [
        pytest.param(t, marks=pytest.mark.xfail(strict=True, reason=defects[str(t)]))
        if str(t) in defects
        else t
        for t in tables
    ]


def squeezed(text: str | None) -> str | None:
    """Text without white space; None for nothing."""
    return re.sub(r"\s+", "", text) or None if text else None


def meaning(family: str, column: str, doc_kind: str) -> Values | None:
    """What a printed column means; None for a column of labels. KeyError: not foreseen here."""
    if family == "three_public":
        last = column.rpartition("/")[2]
        version = "final" if column.startswith("决算数/") else "budget"
        return {"item": ITEMS[last], "version": version}
    if column in MEANING[family]:
        return MEANING[family][column]
    if column.rpartition("/")[2].endswith(LABEL_ENDS):
        return None
    raise KeyError(f"the oracle does not know {family}: {column}")


def money(text: str | None, unit: str) -> Values:
    """The columns of a money fact for a figure as printed."""
    if text is None:
        return {"amount_text": None, "amount_yuan": None, "published_unit": unit,
                "published_decimals": None, "value_status": "blank"}  # fmt: skip
    if text in DASHES:
        return {"amount_text": text, "amount_yuan": None, "published_unit": unit,
                "published_decimals": None, "value_status": "dash"}  # fmt: skip
    value = Decimal(text.replace(",", "")) * FACTOR[unit]
    return {
        "amount_text": text,
        "amount_yuan": value,
        "published_unit": unit,
        "published_decimals": len(text.partition(".")[2]),
        "value_status": "published" if value else "zero",
    }


def fund_scope(table: TrueTable) -> str | None:
    """The money that a table's title speaks of; 三公 are of 财政拨款 unless it says otherwise."""
    if table.data["table_title"].startswith("一般公共预算“三公”"):
        return "general_public"
    return FUNDS_OF_FAMILY.get(table.family)


def not_printed(table: TrueTable) -> set[tuple[int, str]]:
    """(row, column) of figures that the golden knows and the page does not show."""
    return {(a["row"], a["column"]) for a in table.data["amounts"] if not a["printed"]}


def expected_facts(table: TrueTable) -> list[Values]:
    """The money facts of a table in printed order, blank cells of labelled rows among them."""
    lost = not_printed(table)
    facts = []
    for number, row, column, attributes in _labelled_cells(table):
        text = None if (number, column) in lost else row[column]
        facts.append({**attributes, **money(text, table.data["unit"])})
    return facts


def _labelled_cells(table: TrueTable) -> Iterator[tuple[int, dict[str, Any], str, Values]]:
    family = table.family
    lines = _summary_lines(table) if TABLE_OF_FAMILY[family] == "summary" else {}
    codes = _codes(table)
    for number, row in enumerate(table.data["rows"]):
        for column in table.data["columns"]:
            means = meaning(family, column, table.doc_kind)
            if means is None:
                continue
            if TABLE_OF_FAMILY[family] == "summary":
                side = _side(column)
                line = lines.get((number, side))
                if line is None:
                    continue
                scope = means["fund_scope"] if means else "all"
                yield (
                    number,
                    row,
                    column,
                    {
                        **line,
                        "fund_scope": scope or _fund_of_label(line["label_norm"]),
                        "measure": "total",
                    },
                )
            elif family == "three_public":
                yield number, row, column, {**means, "fund_scope": fund_scope(table)}
            else:
                labels = _row_labels(table, row, column, codes)
                if labels is not None:
                    yield number, row, column, {**labels, **means}


# --- two lists side by side ---------------------------------------------------------------------


def _side(column: str) -> str:
    return "revenue" if "收入" in column.partition("/")[0] else "expenditure"


def _strip_ordinal(label: str) -> str:
    return re.sub(r"^(（[一二三四五六七八九十]+）|[一二三四五六七八九十]+、|\d+[.、．])", "", label)


def _fund_of_label(label: str) -> str:
    for word, fund in (
        ("一般公共预算", "general_public"),
        ("政府性基金", "gov_fund"),
        ("国有资本经营", "state_capital"),
    ):
        if word in label:
            return fund
    return "fiscal"


def _summary_lines(table: TrueTable) -> dict[tuple[int, str], Values]:
    """The label columns of each line by (row, side)."""
    lines: dict[tuple[int, str], Values] = {}
    for column in table.data["columns"]:
        if not column.endswith("/项目"):
            continue
        side, count, major, carry = _side(column), 0, None, None
        for number, row in enumerate(table.data["rows"]):
            label = squeezed(row[column])
            if label is None:
                continue
            count += 1
            norm = _strip_ordinal(label)
            kind = next((k for k, words in KINDS.items() if norm in words), None)
            parent = None
            if kind is None and carry is not None:
                kind, parent = "carry_detail", carry
            elif kind is None:
                kind = "source" if side == "revenue" else "function_class"
                is_part = re.match(r"（|\d", label) is not None
                parent = major if is_part else None
            if kind == "carry_in":
                carry = norm
            if re.match(r"[一二三四五六七八九十]+、", label):
                major = norm
            lines[number, side] = {
                "side": side,
                "line_no": count,
                "label_text": label,
                "label_norm": norm,
                "parent_label": parent,
                "line_kind": kind,
                "func_code": CLASSES[norm] if kind == "function_class" else None,
            }
    return lines


# --- rows with codes ----------------------------------------------------------------------------


def _split(text: str | None) -> tuple[str | None, str | None]:
    if not text or text == "合计":
        return None, None
    code, _, name = text.partition("-")
    return code, squeezed(name)


def _code(row: dict[str, Any], columns: list[str]) -> str | None:
    """The row's code from one column or from 类, 款, 项 (two digits each but the first)."""
    whole = next((c for c in columns if c.endswith("科目编码")), None)
    if whole:
        text: str | None = row[whole]
        return text
    parts = [row[c] for c in columns if re.search(r"编码/[类款项]$", c)]
    code = "".join(p if i == 0 else p.zfill(2) for i, p in enumerate(parts) if p)
    assert row.get("code", code or None) == (code or None)
    return code or None


def _codes(table: TrueTable) -> set[str]:
    """All codes of the table's rows, to tell leaves from sums."""
    found: set[str] = set()
    for row in table.data["rows"]:
        for lane in _lanes(table):
            found.add(_code(row, lane) or "")
        for column in table.data["columns"]:
            if column.endswith("支出功能分类科目"):
                found.add(_split(row[column])[0] or "")
    return found - {""}


def _lanes(table: TrueTable) -> list[list[str]]:
    """The label columns, apart for the two lanes of a 基本支出决算表."""
    columns = table.data["columns"]
    if "人员经费/科目编码" in columns:
        return [[c for c in columns if c.startswith(lane)] for lane in ("人员经费/", "公用经费/")]
    return [columns]


def _row_labels(
    table: TrueTable, row: dict[str, Any], column: str, codes: set[str]
) -> Values | None:
    """Label attributes of one amount; None where its lane has no label (a filler)."""
    lane = next(lane for lane in _lanes(table) if column in lane)
    texts = {c: squeezed(row[c]) for c in lane}
    labels = [t for c, t in texts.items() if t and meaning(table.family, c, "") is None]
    if not labels:
        return None
    is_total = any(re.fullmatch(r"(人员经费|公用经费)?合计", t) for t in labels)
    assert is_total == (row["row_type"] in {"total", "grand_total"}), row

    def ending(*ends: str) -> str | None:
        return next((t for c, t in texts.items() if c.rpartition("/")[2] in ends), None)

    target = TABLE_OF_FAMILY[table.family]
    if target == "procurement":
        code, name = _split(ending("采购类别"))
        kind = "total" if is_total else "detail"
        return {"category_code": code, "category_name": name, "row_type": kind}
    if target == "purchased_services":
        return {
            "catalog_l1": None if is_total else ending("一级"),
            "catalog_l2": ending("二级"),
            "catalog_l3": ending("三级"),
            "service_field": ending("服务领域"),
            "row_type": "total" if is_total else "detail",
        }
    code = _code(row, lane)
    name = ending("科目名称", "功能分类科目名称", "部门预算经济分类科目名称")
    func = (code, name)
    if "支出功能分类科目" in texts:
        func = _split(texts["支出功能分类科目"])
    gov = _split(ending("政府支出经济分类科目"))
    dept = _split(ending("部门支出经济分类科目"))
    unit = _split(ending("单位名称"))
    own = dept[0] if target == "basic_expenditure" and dept[0] else (code or func[0])
    is_leaf = not is_total and not any(c != own and c.startswith(own or "?") for c in codes)
    shared: Values = {
        "row_type": "total" if is_total else "detail" if is_leaf else "subtotal",
        "is_leaf": is_leaf,
        "gov_econ_code": gov[0],
        "gov_econ_name": gov[1],
        "budget_unit_code": unit[0],
        "budget_unit_name": unit[1],
    }
    if target == "basic_expenditure":
        shared["fund_scope"] = fund_scope(table)
        code, name = (None, None) if is_total else dept if dept[0] else (code, name)
        level = {3: "类", 5: "款"}[len(code)] if code else None
        return shared | {"dept_econ_code": code, "dept_econ_name": name, "dept_econ_level": level}
    code, name = (None, None) if is_total else func
    shared |= {
        "func_code": code,
        "func_name": name,
        "func_level": {3: "类", 5: "款", 7: "项"}[len(code)] if code else None,
        "dept_econ_code": dept[0],
        "dept_econ_name": dept[1],
    }
    if target == "expenditure":
        shared["fund_scope"] = fund_scope(table)
    return shared
