"""Small budgets as canonical records, consistent unless a test breaks them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from yusuan.extract.readers import read_document
from yusuan.extract.source import open_source
from yusuan.normalize.document import Normalized, normalize, prepare
from yusuan.normalize.model import Record, Value
from yusuan.prove.proof import Proof, prove
from yusuan.schemas.loader import load

UNITS = {"元": Decimal(1), "万元": Decimal(10_000)}
FAMILY_TABLES = {
    "summary": "summary",
    "expenditure_fn": "expenditure",
    "general_fn": "expenditure",
    "basic_econ": "basic_expenditure",
    "three_public": "three_public",
}
# What fund scope the title of the family's table speaks of.
SCOPES = {"summary": "all", "expenditure_fn": "all", "three_public": "fiscal"}


@dataclass
class Book:
    """A document being written. ``unit``, ``decimals``: how amounts are printed (and rounded)."""

    unit: str = "元"
    decimals: int = 2
    records: list[Record] = field(default_factory=list)
    tables: list[Record] = field(default_factory=list)

    def table(self, family: str) -> str:
        table_id = f"T{len(self.tables):03d}"
        values: dict[str, Value] = {
            "table_id": table_id,
            "family": family,
            "fund_scope": SCOPES.get(family, "general_public"),
            "doc_kind": "budget",
        }
        self.tables.append(Record("tables", values))
        return table_id

    def add(self, table_id: str, row: int, col: int, yuan: Decimal | None, **labels: Value) -> None:
        family = str(self.tables[int(table_id[1:])].values["family"])
        values: dict[str, Value] = {"table_id": table_id, "row_id": f"{table_id}:{row}:{col}"}
        values |= {"page_no": 1, "value_status": "blank", "amount_yuan": None, **labels}
        if yuan is not None:
            step = Decimal(1).scaleb(-self.decimals)
            shown = (yuan / UNITS[self.unit]).quantize(step, ROUND_HALF_UP)
            values["amount_yuan"] = shown * UNITS[self.unit]
            values["amount_text"] = str(shown)
            values["published_decimals"] = self.decimals
            values["published_unit"] = self.unit
            values["value_status"] = "published" if shown else "zero"
        self.records.append(Record(FAMILY_TABLES[family], values))

    def by_function(
        self, family: str, scope: str, items: Mapping[str, tuple[Decimal, Decimal]]
    ) -> None:
        """支出表 with 类, 款, 项 and 合计 from (basic, project) by item code."""
        table_id = self.table(family)
        codes = sorted({code[:n] for code in items for n in (3, 5, 7)})
        for row, code in enumerate([*codes, ""]):
            basic, project = (
                sum((v[i] for k, v in items.items() if k.startswith(code)), Decimal(0))
                for i in (0, 1)
            )
            labels: dict[str, Value] = {
                "func_code": code or None,
                "row_type": "detail" if code in items else "subtotal" if code else "total",
                "is_leaf": code in items,
                "fund_scope": scope,
                "flow": "expenditure",
            }
            for col, (measure, yuan) in enumerate(
                (("total", basic + project), ("basic", basic), ("project", project))
            ):
                self.add(table_id, row, col, yuan, measure=measure, **labels)

    def by_economy(self, items: Mapping[str, Decimal]) -> None:
        """基本支出表 from amounts by 款 (301, 303 personnel, else public)."""
        table_id = self.table("basic_econ")
        codes = sorted({code[:n] for code in items for n in (3, 5)})
        for row, code in enumerate([*codes, ""]):
            own = {k: v for k, v in items.items() if k.startswith(code)}
            people = sum((v for k, v in own.items() if k[:3] in ("301", "303")), Decimal(0))
            total = sum(own.values(), Decimal(0))
            labels: dict[str, Value] = {
                "dept_econ_code": code or None,
                "row_type": "detail" if code in items else "subtotal" if code else "total",
                "is_leaf": code in items,
                "fund_scope": "general_public",
            }
            for col, (measure, yuan) in enumerate(
                (("total", total), ("personnel", people), ("public", total - people))
            ):
                self.add(table_id, row, col, yuan, measure=measure, **labels)

    def summary(
        self, sources: Mapping[str, Decimal], classes: Mapping[str, Decimal], carried: Decimal
    ) -> None:
        """收支总表: sources and what was carried in against function classes."""
        table_id = self.table("summary")
        total = sum(sources.values(), Decimal(0))
        revenue = [(name, "source", None, yuan) for name, yuan in sources.items()]
        revenue += [("本年收入合计", "year_total", None, total)]
        revenue += [("上年结转", "carry_in", None, carried)]
        revenue += [("收入总计", "grand_total", None, total + carried)]
        spent = sum(classes.values(), Decimal(0))
        spending: list[tuple[str, str, str | None, Decimal | None]] = [
            (code, "function_class", code, yuan) for code, yuan in classes.items()
        ]
        spending += [("本年支出合计", "year_total", None, spent)]
        spending += [("年终结转", "carry_out", None, None)]
        spending += [("支出总计", "grand_total", None, spent)]
        lists: Iterable[tuple[str, int, Sequence[tuple[str, str, str | None, Decimal | None]]]] = (
            ("revenue", 1, revenue),
            ("expenditure", 3, spending),
        )
        for side, col, lines in lists:
            for row, (label, kind, code, yuan) in enumerate(lines):
                self.add(
                    table_id, row, col, yuan, side=side, line_no=row + 1, label_text=label,
                    label_norm=label, parent_label=None, line_kind=kind, func_code=code,
                    fund_scope="all", measure="total",
                )  # fmt: skip

    def proof(self) -> Proof:
        return prove(self.records, self.tables, load().identities, "budget")


Items = Mapping[str, tuple[Decimal, Decimal]]


def whole_book(items: Items, econ: Mapping[str, Decimal], unit: str, decimals: int) -> Book:
    """All money is of the general public budget: five tables that tell the same money."""
    book = Book(unit, decimals)
    classes: dict[str, Decimal] = {}
    for code, amounts in items.items():
        classes[code[:3]] = classes.get(code[:3], Decimal(0)) + sum(amounts)
    spent = sum(classes.values(), Decimal(0))
    carried = spent / 10
    carried = carried.quantize(Decimal("0.01"))
    book.summary(
        {"一般公共预算拨款收入": spent - carried, "其他收入": Decimal(0)}, classes, carried
    )
    book.by_function("expenditure_fn", "all", items)
    book.by_function("general_fn", "general_public", items)
    book.by_economy(econ)
    return book


MakeBook = Callable[..., Book]


@pytest.fixture(scope="session")
def make_book() -> MakeBook:
    return whole_book


@pytest.fixture
def empty_book() -> Callable[..., Book]:
    return Book


@pytest.fixture(scope="session")
def read(samples_dir: Path) -> Callable[[str], Normalized]:
    """Reads a sample by name, as far as proof."""
    index = prepare(load())

    def of(name: str) -> Normalized:
        return normalize(read_document(open_source(samples_dir / f"{name}.pdf", name)), index)

    return of
