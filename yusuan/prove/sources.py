"""Revenue by source and by fund in the tables that repeat it.

Without these a source of 收支总表 stands in no sum but that of its list: two lines could be
exchanged and everything would still add up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from yusuan.normalize.text import label_key
from yusuan.prove.book import OF_FUND, Book, Side, compare, is_same, sum_of
from yusuan.prove.claims import Claim
from yusuan.prove.figures import Figure

# What a source is called in a list; the rest of its name is 收入, 资金, 拨款 and the like.
_BEGINS = {
    "一般公共预算": "general_public",
    "政府性基金": "gov_fund",
    "国有资本经营": "state_capital",
    "财政专户": "special_account",
    "财政拨款": "fiscal",
    "事业收入": "business",
    "事业单位经营": "operating",
    "经营收入": "operating",
    "上级补助": "superior",
    "附属单位上缴": "affiliate",
    "其他收入": "other",
}
_ENDS = ("收入", "拨款", "资金", "预算", "基金")


def source_claims(book: Book) -> Iterator[Claim]:
    """All claims on single sources and funds."""
    lines = _sources(book, "summary", "all")
    yield from _summary_and_revenue(book, lines)
    yield from _summary_and_fiscal(book, lines)
    yield from _fiscal_and_tables(book)
    yield from _fiscal_and_flows(book)


def _sources(book: Book, family: str, *scopes: str) -> dict[str, Figure]:
    """The lines of a list of revenue by source; none of a source that stands twice."""
    found: dict[str, Figure | None] = {}
    for scope in scopes:
        for line in book.figures(family, side="revenue", measure="total", fund_scope=scope):
            source = _source_of(line)
            if source is not None and line.get("line_kind") == "source":
                found[source] = None if source in found else line
    return {source: line for source, line in found.items() if line is not None}


def _source_of(line: Figure) -> str | None:
    label = label_key(line.get("label_norm") or "")
    if not label.endswith(_ENDS):
        return None
    begins = [source for start, source in _BEGINS.items() if label.startswith(start)]
    return begins[0] if len(begins) == 1 else None


def _summary_and_revenue(book: Book, lines: Mapping[str, Figure]) -> Iterator[Claim]:
    """Each source of 收支总表 against its column of 收入总表, where both totals are the same."""
    for kind, period in (("year_total", "current"), ("grand_total", "total")):
        whole = book.line("summary", "revenue", kind, "all")
        if not is_same(whole, _column(book, period, "total") or _column(book, "total", "total")):
            continue
        columns = {source: _column(book, "current", source) for source in lines}
        for source, line in lines.items():
            identity = "cross.summary.source=revenue.source"
            yield from compare(identity, source, (line,), columns[source])
        funds = tuple(lines[fund] for fund in OF_FUND if fund in lines)
        if "fiscal" not in lines and len(funds) == len(OF_FUND):
            column = _column(book, "current", "fiscal")
            yield from compare("cross.summary.source=revenue.source", "fiscal", column, funds)
        return


def _column(book: Book, period: str, source: str) -> Side:
    return book.total("revenue_fn", period=period, revenue_source=source)


def _summary_and_fiscal(book: Book, lines: Mapping[str, Figure]) -> Iterator[Claim]:
    """The funds of 收支总表 against those of 财政拨款收支总表, with what was carried in or without.

    Whichever makes all funds together the same in both tables.
    """
    ours = {fund: lines[fund] for fund in OF_FUND if fund in lines}
    year = _sources(book, "fiscal_summary", *OF_FUND)
    for theirs in ({fund: (line,) for fund, line in year.items()}, _with_carried(book, year)):
        if is_same(tuple(ours.values()), tuple(f for side in theirs.values() for f in side)):
            for fund in (fund for fund in ours if fund in theirs):  # in the order of the book
                identity = "cross.summary.source=fiscal.source"
                yield from compare(identity, fund, (ours[fund],), theirs[fund])
            return


def _with_carried(book: Book, year: Mapping[str, Figure]) -> dict[str, Side]:
    """By fund what came in and was carried in; {} where the latter is not told by fund."""
    labels = {"side": "revenue", "measure": "total"}
    carried = {
        fund: book.figures("fiscal_summary", line_kind="carry_detail", fund_scope=fund, **labels)
        for fund in OF_FUND
    }
    whole = book.figures("fiscal_summary", line_kind="carry_in", **labels)
    details = tuple(f for side in carried.values() for f in side)
    if any(f.value is None or f.value for f in whole) and sum_of(whole) != sum_of(details):
        return {}
    return {fund: (line, *carried[fund]) for fund, line in year.items()}


def _fiscal_and_tables(book: Book) -> Iterator[Claim]:
    """By fund, what came in is what the fund's table spends, where nothing is carried out.

    No fund is overdrawn: where all funds together are spent, each of them is.
    """
    out = book.figures("fiscal_summary", side="expenditure", line_kind="carry_out")
    if any(f.value is None or f.value for f in out):
        return
    came_in = _with_carried(book, _sources(book, "fiscal_summary", *OF_FUND))
    labels = {"measure": "total", "flow": "expenditure"}
    spent = {f: book.total(family, fund_scope=f, **labels) for f, family in OF_FUND.items()}
    both = [fund for fund in came_in if spent[fund]]
    sides = (tuple(f for fund in both for f in by[fund]) for by in (came_in, spent))
    if not is_same(*sides):
        return
    for fund in both:
        yield from compare(f"cross.fiscal.source.{fund}=table", "total", came_in[fund], spent[fund])


_FLOWS = (
    ("carry_in", "revenue", "carry_detail"),
    ("revenue", "revenue", "source"),
    ("carry_out", "expenditure", "carry_out"),
)
"""What a fund's table tells in a final account beside expenditure; the line that tells it too."""


def _fiscal_and_flows(book: Book) -> Iterator[Claim]:
    """年初结转, 本年收入 and 年末结转 of a fund in its own table and in 财政拨款收支总表."""
    for fund, family in OF_FUND.items():
        for flow, side, kind in _FLOWS:
            labels = {"measure": "total", "fund_scope": fund}
            line = book.figures("fiscal_summary", side=side, line_kind=kind, **labels)
            if len(line) == 1:
                total = book.total(family, flow=flow, **labels)
                yield from compare("cross.fiscal.fund=flows", f"{fund} {flow}", line, total)
