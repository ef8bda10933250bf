"""What needs a look, most telling first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pyarrow.compute as pc

from yusuan.corrections.model import Correction
from yusuan.report.stored import rows_where
from yusuan.report.summary import AMOUNT_OF
from yusuan.review.words import label_of

Kind = Literal["suspect", "source_inconsistent", "ambiguous_owner", "unmapped_table", "sample"]
ORDER: tuple[Kind, ...] = (
    "suspect",
    "source_inconsistent",
    "ambiguous_owner",
    "unmapped_table",
    "sample",
)
TITLES: Mapping[str, str] = {
    "suspect": "存疑 suspect",
    "source_inconsistent": "公布数不符 source inconsistent",
    "ambiguous_owner": "归属不明 ambiguous owner",
    "unmapped_table": "未识别的表 unmapped table",
    "sample": "抽样 audit sample",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at. ``row``: row_id without the document; ``column``: what to decide on.

    ``amount``: how much money it is about, for the order within a kind; of an unmapped table its
    rows.
    """

    kind: Kind
    doc_id: str
    table: str
    row: str
    column: str
    page: int | None
    cell_id: str | None
    label: str
    amount: Decimal

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What a decision on it is about."""
        return self.doc_id, self.table, self.row, self.column


def local_row(row_id: str, doc_id: str) -> str:
    """A row_id without its document."""
    return row_id.removeprefix(f"{doc_id}:")


def make_queue(root: Path) -> tuple[Item, ...]:
    """Everything in the dataset that a person should see."""
    items = [*_figures(root), *_owners(root), *_tables(root)]
    return tuple(sorted(items, key=_rank))


def _rank(item: Item) -> tuple[bool, int, Decimal, tuple[str, ...]]:
    """Most telling first: by kind and amount; figures of 0.00 behind everything else."""
    is_figure = item.kind in ("suspect", "source_inconsistent")
    return is_figure and not item.amount, ORDER.index(item.kind), -item.amount, item.key


def open_items(queue: Iterable[Item], decided: Iterable[Correction]) -> tuple[Item, ...]:
    """The items on which nothing was decided yet."""
    done = {(one.doc_id, one.table, one.row, one.column) for one in decided}
    return tuple(item for item in queue if item.key not in done)


def _figures(root: Path) -> list[Item]:
    items = []
    for table, column in AMOUNT_OF.items():
        wanted = pc.field("proof").isin(["suspect", "source_inconsistent"])
        for row in rows_where(root, table, wanted):
            items.append(figure_item(row, table, column, row["proof"]))
    return items


def figure_item(row: Mapping[str, Any], table: str, column: str, kind: Kind) -> Item:
    """A figure of a fact table as an item."""
    amount = row.get(column)
    return Item(
        kind,
        row["doc_id"],
        table,
        local_row(row["row_id"], row["doc_id"]),
        column,
        row["page_no"],
        row["cell_id"],
        label_of(row),
        abs(amount) if isinstance(amount, Decimal) else Decimal(0),
    )


def _owners(root: Path) -> list[Item]:
    wanted = pc.field("owner_status") == "ambiguous"
    rows = rows_where(root, "project_indicators", wanted)
    return [figure_item(row, "project_indicators", "project_id", "ambiguous_owner") for row in rows]


def _tables(root: Path) -> list[Item]:
    wanted = ~pc.field("family").is_valid() & pc.field("page_first").is_valid()
    rows = rows_where(root, "tables", wanted)
    return [
        Item(
            "unmapped_table",
            row["doc_id"],
            "tables",
            local_row(row["table_id"], row["doc_id"]),
            "family",
            row["page_first"],
            None,
            row["title_text"] or "（无标题 no title）",
            Decimal(row["n_rows"]),
        )
        for row in rows
    ]
