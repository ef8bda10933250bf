"""What needs a look, most telling first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pyarrow.compute as pc

from yusuan.corrections.model import Correction
from yusuan.report.stored import rows_where, stored
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
    rows. ``n_mends``: how many failing identities name its cell first as the one to blame.
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
    n_mends: int = 0

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


def _rank(item: Item) -> tuple[bool, int, int, Decimal, tuple[str, ...]]:
    """Most telling first: by kind, then what failing identities accuse, then by amount.

    Figures of 0.00 that none accuses come behind everything else.
    """
    is_idle = item.kind in ("suspect", "source_inconsistent") and not (item.amount or item.n_mends)
    return is_idle, ORDER.index(item.kind), -item.n_mends, -item.amount, item.key


def open_items(queue: Iterable[Item], decided: Iterable[Correction]) -> tuple[Item, ...]:
    """The items on which nothing was decided yet."""
    done = {(one.doc_id, one.table, one.row, one.column) for one in decided}
    return tuple(item for item in queue if item.key not in done)


def _figures(root: Path) -> list[Item]:
    items = []
    accused = _accused(root)
    for table, column in AMOUNT_OF.items():
        wanted = pc.field("proof").isin(["suspect", "source_inconsistent"])
        for row in rows_where(root, table, wanted):
            n_mends = accused[row["cell_id"]]
            items.append(figure_item(row, table, column, row["proof"], n_mends))
    return items


def _accused(root: Path) -> Counter[str]:
    """Cell -> how many failing identities name it as the likeliest to be wrong."""
    named = pc.list_value_length(pc.field("suspect_cell_ids")) > 0
    rows = stored(root, "checks").to_table(columns=["suspect_cell_ids"], filter=named)
    return Counter(cells[0] for cells in rows["suspect_cell_ids"].to_pylist())


def figure_item(
    row: Mapping[str, Any], table: str, column: str, kind: Kind, n_mends: int = 0
) -> Item:
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
        n_mends,
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
