"""Identities of details: a figure is the sum of its sources, a category of its items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from yusuan.prove.claims import Claim
from yusuan.prove.columns import column_claims
from yusuan.prove.figures import Figure, Published

_SUMMED = ("fund_source", "nature", "spender")
_FISCAL_PARTS = frozenset({"general_public", "gov_fund", "state_capital"})
_BASIC_PARTS = frozenset({"basic_personnel", "basic_public"})
# Records with several amounts have an identity of their own, which counts such details in.
_OF_FIELDS = frozenset({"total_yuan", "budget_total_yuan"})
# The sums over codes of a listing are those of a table by function.
_IDENTITIES: Mapping[str, str] = {
    "column.total=leaves": "detail.total=leaves",
    "column.parent=children": "detail.parent=children",
}
_TREE = "expenditure_fn"
_CODES = ("func_code", "gov_econ_code", "dept_econ_code", "budget_unit_code")


def detail_claims(table: Published) -> Iterator[Claim]:
    """All claims on the details of one table."""
    if not table.details:
        return
    by_key = {figure.key: figure for figure in (*table.figures, *table.details)}
    parts: defaultdict[tuple[str, str], list[Figure]] = defaultdict(list)
    columns: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for figure in table.details:
        if (of := _of(figure)) in by_key:
            dimension = figure.get("dimension") or ""
            parts[(of, dimension)].append(figure)
            columns[(by_key[of].column, dimension)].add(figure.column)
    for (of, dimension), figures in parts.items():
        whole = by_key[of]
        is_own = dimension == "fund_source" and figures[0].get("of_column") in _OF_FIELDS
        if dimension in _SUMMED and not is_own:
            addends = _once(figures)
            # Of several columns all but one may be blank in a row.
            if len(addends) > 1 or len(columns[(whole.column, dimension)]) > 1:
                scope = f"{of} {dimension}"
                yield Claim("detail.parts=figure", table.table_id, scope, (whole,), addends)
        elif dimension == "item":
            items = tuple(f for f in figures if f.get("row_type") == "detail")
            if items:
                yield Claim("detail.items=category", table.table_id, of, (whole,), items)
    if not table.figures:
        yield from _by_codes(table)


def _of(figure: Figure) -> str:
    """The key of the figure that a detail is a part of."""
    row, column = figure.get("of_row_id") or "", figure.get("of_column") or ""
    return row if column == "amount_yuan" else f"{row}:{column.removesuffix('_yuan')}"


def _once(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """The parts that stand under no other one of them: 基本支出 stands for its own parts."""
    fiscal = {f.get("period") for f in figures if f.get("revenue_source") == "fiscal"}
    natures = {figure.get("measure") for figure in figures}
    return tuple(
        figure
        for figure in figures
        if not (figure.get("period") in fiscal and figure.get("revenue_source") in _FISCAL_PARTS)
        and not ("basic" in natures and figure.get("measure") in _BASIC_PARTS)
    )


def _by_codes(table: Published) -> Iterator[Claim]:
    """Sums down the columns of a listing whose rows all have codes."""
    seen: dict[tuple[str | None, ...], str] = {}
    for figure in table.details:
        if figure.get("row_type") == "total":
            continue
        codes = tuple(map(figure.get, _CODES))
        name = figure.get("budget_unit_name")
        # Rows of one key are items, units or projects: which of them sum up others is not known.
        if not any(codes) or seen.setdefault((name, *codes), figure.row) != figure.row:
            return
    for claim in column_claims(replace(table, family=_TREE, figures=table.details)):
        yield claim._replace(identity=_IDENTITIES[claim.identity])
