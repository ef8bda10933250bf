"""Project performance tables (项目支出绩效目标表): projects and their indicators.

One project is one vertically merged block over several indicator rows; the blocks are cut by page
breaks. Every indicator row is kept, whatever is known of its owner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from yusuan.normalize.amounts import parse_amount, to_yuan
from yusuan.normalize.codes import project_code, split_code_name
from yusuan.normalize.columns import Attributes
from yusuan.normalize.families.facts import Draft
from yusuan.normalize.families.indicator_text import kind_of, read_nature, read_value
from yusuan.normalize.families.labels import total_words
from yusuan.normalize.families.matrix import account_other_columns
from yusuan.normalize.families.owners import BlockFacts, Ownership, assign_owners
from yusuan.normalize.families.parts import Block, Part, column_parts, join_parts, join_texts
from yusuan.normalize.model import Finding, LogicalCell, LogicalTable, Mapped, Record, Unit, Value
from yusuan.normalize.text import label_key
from yusuan.schemas.model import Schemas

_KEY_ROLES = ("project", "project_code", "project_name")
_AMOUNT_ROLES = {"total": "project_total", "fiscal": "project_fiscal", "other": "project_other"}
_UNIT_ROLES = ("unit", "unit_code", "unit_name")
_TEXT_ROLES = ("level1", "level2", "level3")
_INDICATOR_ROLES = (*_TEXT_ROLES, "nature", "value", "measure_unit")
_COST = "成本"
_STATUS = {"number": "published", "zero": "zero", "dash": "dash", "blank": "blank"}


@dataclass(frozen=True, slots=True)
class _Layout:
    """Leaf columns by role, and the body rows that print something."""

    columns: dict[str, int]
    rows: tuple[int, ...]

    @property
    def witnesses(self) -> tuple[int, ...]:
        """Columns that are not merged over the rows of a project."""
        return tuple(c for role, c in self.columns.items() if role in _INDICATOR_ROLES)


@dataclass(frozen=True, slots=True)
class _Indicator:
    """One indicator row, texts by role; ``cell`` says where it is printed."""

    row: int
    texts: dict[str, str]
    cell: LogicalCell


@dataclass(frozen=True, slots=True)
class _Project:
    """One project as printed. ``cells`` are its amount cells by kind, the first with text."""

    project_id: str
    code: str | None
    name: str | None
    amounts: dict[str, LogicalCell]
    goal: str | None


def map_projects(table: LogicalTable, attributes: Sequence[Attributes], schemas: Schemas) -> Mapped:
    """Map a project performance table onto ``projects`` and ``project_indicators``."""
    draft = Draft(table)
    layout = _layout(table, attributes)
    keys = [layout.columns[role] for role in _KEY_ROLES if role in layout.columns]
    if not keys:
        draft.note("project-column-missing", "no column with project names or codes was found")
        return draft.mapped()
    layout = _without_totals(draft, layout, keys, total_words(schemas))
    indicators = _read_indicators(draft, layout)
    blocks = _project_blocks(table, layout, keys)
    facts = [_facts(table, layout, block, indicators) for block in blocks]
    owners = assign_owners(blocks, facts)
    projects = _write_projects(draft, layout, keys, blocks, owners, indicators)
    _write_indicators(draft, blocks, owners, projects, indicators)
    _report_owners(draft, blocks, owners, projects, indicators)
    account_other_columns(draft, attributes)
    return draft.mapped()


def _layout(table: LogicalTable, attributes: Sequence[Attributes]) -> _Layout:
    columns: dict[str, int] = {}
    for col, attribute in enumerate(attributes):
        columns.setdefault(attribute.get("role", ""), col)
    columns.pop("", None)
    rows = tuple(
        number
        for number, row in enumerate(table.rows)
        if any(cell.text for cell in row) or any(cell.row_span > 1 for cell in row)
        or _is_covered(table, number)
    )  # fmt: skip
    return _Layout(columns, rows)


def _is_covered(table: LogicalTable, row: int) -> bool:
    """Whether a cell merged from above, with text, reaches into the row."""
    return any(
        cell.row + cell.row_span > row and cell.text
        for above in table.rows[max(0, row - 1) : row]
        for cell in above
    )


def _without_totals(
    draft: Draft, layout: _Layout, keys: Sequence[int], totals: frozenset[str]
) -> _Layout:
    """Leave out rows that print the sum of all projects (合计): they are no project."""
    kept: list[int] = []
    for row in layout.rows:
        cells = [c for c in draft.table.rows[row] if c.text]
        labels = [c for c in cells if c.col in keys or c.col in _unit_columns(layout)]
        is_total = bool(labels) and all(label_key(c.text) in totals for c in labels)
        if is_total and not any(c.col in layout.witnesses for c in cells):
            for cell in cells:
                draft.use(cell, "ignored", "total of the projects")
            continue
        kept.append(row)
    return replace(layout, rows=tuple(kept))


def _unit_columns(layout: _Layout) -> list[int]:
    return [layout.columns[role] for role in _UNIT_ROLES if role in layout.columns]


def _cells_in(table: LogicalTable, col: int, part: Part) -> list[LogicalCell]:
    """The filled cells of a column that are anchored in a part's rows."""
    return [
        cell
        for row in range(part.first, part.last + 1)
        for cell in table.rows[row]
        if cell.col == col and cell.text
    ]


def _block_cells(table: LogicalTable, col: int, block: Block) -> list[LogicalCell]:
    return [cell for part in block.parts for cell in _cells_in(table, col, part)]


# --- indicator rows -----------------------------------------------------------------------------


def _read_indicators(draft: Draft, layout: _Layout) -> list[_Indicator]:
    """Every row with a filled indicator cell; a row that a page break cuts is put together."""
    table = draft.table
    merged = {role: _merged_texts(table, layout, role) for role in ("level1", "level2")}
    found: list[_Indicator] = []
    for row in layout.rows:
        cells = {
            role: cell
            for role in _INDICATOR_ROLES
            if (cell := _anchored(table, row, layout.columns.get(role))) is not None and cell.text
        }
        if not cells:
            continue
        for cell in cells.values():
            draft.use(cell, "value")
        texts = {role: cell.text for role, cell in cells.items()}
        if found and _is_cut_row(table, layout, found[-1], row, texts):
            found[-1] = _joined_row(draft, found[-1], cells)
            continue
        for role, by_row in merged.items():
            texts.setdefault(role, by_row.get(row, ""))
        place = next(cells[r] for r in ("level3", "value", *_INDICATOR_ROLES) if r in cells)
        found.append(_Indicator(row, texts, place))
    return found


def _anchored(table: LogicalTable, row: int, col: int | None) -> LogicalCell | None:
    cells = [c for c in table.rows[row] if c.col == col]
    return next((c for c in cells if c.text), cells[0] if cells else None)


def _merged_texts(table: LogicalTable, layout: _Layout, role: str) -> dict[int, str]:
    """The text that stands for each row in a column of which cells are merged over rows."""
    if role not in layout.columns:
        return {}
    witnesses = [layout.columns[r] for r in ("level3", "value") if r in layout.columns]
    parts = column_parts(table, layout.columns[role], witnesses, layout.rows)
    if all(part.first == part.last and part.text for part in parts):
        return {}
    texts = {part.first: part.text for part in parts}
    blocks = join_parts(parts, texts, lambda above, below: False)
    return {row: block.text for block in blocks for row in block.rows}


def _is_cut_row(
    table: LogicalTable, layout: _Layout, above: _Indicator, row: int, texts: dict[str, str]
) -> bool:
    """Whether this row is the rest of the last one, cut by a page break.

    The rest of a cut row has text only where the first part could not hold it all, and the cell
    is open at the break.
    """
    if above.row != row - 1 or table.row_pages[above.row] == table.row_pages[row]:
        return False
    both = [r for r in texts if above.texts.get(r)]
    single = ("level1", "level2", "nature", "value", "measure_unit")
    if any(r in single for r in both) or ("level1" in texts and "value" in texts):
        return False
    foot = _anchored(table, above.row, layout.columns.get("level3"))
    head = _anchored(table, row, layout.columns.get("level3"))
    return bool(foot and "bottom" in foot.open_edges) or bool(head and "top" in head.open_edges)


def _joined_row(draft: Draft, above: _Indicator, cells: dict[str, LogicalCell]) -> _Indicator:
    texts = dict(above.texts)
    for role, cell in cells.items():
        last = above.cell if role == "level3" else None
        texts[role] = join_texts(texts.get(role, ""), cell.text, last, cell)
    cell = next(iter(cells.values()))
    draft.findings.append(
        _finding(
            draft.table, "row-joined", "info", "an indicator row cut by the page break was joined",
            cell, before=cell.text, after=texts.get("level3"),
            rule="text over open edges at a page break, no other cell repeated",
        )
    )  # fmt: skip
    return replace(above, texts=texts)


# --- projects -----------------------------------------------------------------------------------


def _project_blocks(table: LogicalTable, layout: _Layout, keys: Sequence[int]) -> list[Block]:
    """The project cells, put together over page breaks where rules or repeats show it."""
    parts = column_parts(table, keys[0], layout.witnesses, layout.rows)
    texts = {p.first: _key_text(table, keys, p) for p in parts}
    amounts = [layout.columns[r] for r in _AMOUNT_ROLES.values() if r in layout.columns]

    def agrees(above: Part, below: Part) -> bool:
        """Two closed parts with one text are one project when no amount differs."""
        pairs = [(_cells_in(table, c, above), _cells_in(table, c, below)) for c in amounts]
        return all(not a or not b or a[0].text == b[0].text for a, b in pairs)

    return join_parts(parts, texts, agrees)


def _key_text(table: LogicalTable, keys: Sequence[int], part: Part) -> str:
    """Code and name of a part; from two columns the code comes first (``code-name``)."""
    return "-".join(
        t for t in ("".join(c.text for c in _cells_in(table, k, part)) for k in keys) if t
    )


def _facts(
    table: LogicalTable, layout: _Layout, block: Block, indicators: Sequence[_Indicator]
) -> BlockFacts:
    """What the rows of a block say about its owner."""
    own = [i for i in indicators if i.row in block.rows]
    costs: set[Decimal] = set()
    for indicator in own:
        if _COST in indicator.texts.get("level1", "") + indicator.texts.get("level2", ""):
            cost = _yuan(indicator.texts.get("value", ""), indicator.texts.get("measure_unit", ""))
            if cost:
                costs.add(cost)
    total = None
    if block.text and "project_total" in layout.columns:
        col = layout.columns["project_total"]
        cells = _block_cells(table, col, block)
        unit = table.columns[col].unit or table.unit
        total = _yuan(cells[0].text, unit or "") if cells else None
    return BlockFacts(
        frozenset(kind_of(i.texts.get("level1"), i.texts.get("level2")) for i in own),
        frozenset("|".join(label_key(i.texts.get(r, "")) for r in _INDICATOR_ROLES) for i in own),
        frozenset(costs),
        total,
    )


def _yuan(text: str, unit: str) -> Decimal | None:
    units: dict[str, Unit] = {"元": "元", "万元": "万元", "亿元": "亿元"}
    known = units.get(label_key(unit))
    return to_yuan(parse_amount(text), known) if known else None


def _write_projects(
    draft: Draft,
    layout: _Layout,
    keys: Sequence[int],
    blocks: Sequence[Block],
    owners: Sequence[Ownership],
    indicators: Sequence[_Indicator],
) -> dict[int, _Project]:
    """One record for each block with text; amounts and goal also from the blank parts it owns."""
    units = _unit_texts(draft, layout)
    projects: dict[int, _Project] = {}
    taken: set[str] = set()
    for number, block in enumerate(blocks):
        if not block.text:
            continue
        owned = [b for b, o in zip(blocks, owners, strict=True) if o.owner == number]
        parts = tuple(p for b in sorted(owned, key=lambda b: b.first) for p in b.parts)
        whole = Block(parts, block.text)
        project = _read_project(draft, layout, whole, len(projects), taken)
        projects[number] = project
        key_cells = [c for k in keys for c in _block_cells(draft.table, k, whole)]
        for cell in key_cells:
            draft.use(cell, "value")
        draft.records.append(
            Record("projects", _project_values(draft, layout, project, key_cells, units),
                   key_cells[0].origins[0])
        )  # fmt: skip
        if not any(i.row in b.rows for b in owned for i in indicators):
            draft.note(
                "project-without-indicators", f"no indicator row: {block.text}", key_cells[0]
            )
    return projects


def _read_project(
    draft: Draft, layout: _Layout, block: Block, ordinal: int, taken: set[str]
) -> _Project:
    code, name = project_code(block.text)
    project_id = code or f"{draft.table.table_id}:project{ordinal + 1}"
    if project_id in taken:
        # One code over several units (类项目): the id must stay unique in the document.
        project_id = f"{project_id}@{draft.table.table_id}:project{ordinal + 1}"
    taken.add(project_id)
    amounts: dict[str, LogicalCell] = {}
    for kind, role in _AMOUNT_ROLES.items():
        if role in layout.columns:
            cell = _single_cell(draft, layout.columns[role], block)
            if cell is not None:
                amounts[kind] = cell
    return _Project(project_id, code, name or None, amounts, _goal(draft, layout, block))


def _single_cell(draft: Draft, col: int, block: Block) -> LogicalCell | None:
    """The one amount of a project; parts may repeat it, other amounts are findings."""
    cells = _block_cells(draft.table, col, block)
    for cell in cells:
        if cell.text == cells[0].text:
            draft.use(cell, "value")
            continue
        path = "/".join(draft.table.columns[col].path)
        draft.note(
            "project-amount-repeated", f"a second amount in one project: {cell.text}", cell, path
        )
        draft.use(cell, "finding", "project-amount-repeated")
    return cells[0] if cells else None


def _goal(draft: Draft, layout: _Layout, block: Block) -> str | None:
    """The goal's text over all parts of the project."""
    if "goal" not in layout.columns:
        return None
    text = ""
    last: LogicalCell | None = None
    for cell in _block_cells(draft.table, layout.columns["goal"], block):
        draft.use(cell, "value")
        text = join_texts(text, cell.text, last, cell)
        last = cell
    return text or None


def _unit_texts(draft: Draft, layout: _Layout) -> dict[str, dict[int, str]]:
    """Budget unit by role and row: merged over projects, the last printed one holds on."""
    result: dict[str, dict[int, str]] = {}
    table = draft.table
    for role in _UNIT_ROLES:
        if role not in layout.columns:
            continue
        parts = column_parts(table, layout.columns[role], layout.witnesses, layout.rows)
        blocks = join_parts(parts, {p.first: p.text for p in parts}, lambda above, below: True)
        held = ""
        result[role] = {}
        for block in blocks:
            for cell in _block_cells(table, layout.columns[role], block):
                draft.use(cell, "value")
            held = block.text or held
            result[role].update(dict.fromkeys(block.rows, held))
    return result


def _project_values(
    draft: Draft,
    layout: _Layout,
    project: _Project,
    key_cells: Sequence[LogicalCell],
    units: dict[str, dict[int, str]],
) -> dict[str, Value]:
    key = key_cells[0]
    budget_unit = {role: texts.get(key.row, "") for role, texts in units.items()}
    code, name = split_code_name(budget_unit.get("unit", ""), (3, 6, 9))
    values: dict[str, Value] = {
        "table_id": draft.table.table_id,
        "row_id": f"{draft.table.table_id}:{key.row}:{key.col}",
        "project_id": project.project_id,
        "project_code": project.code,
        "project_name": project.name,
        "budget_unit": budget_unit.get("unit") or "".join(budget_unit.values()) or None,
        "budget_unit_code": budget_unit.get("unit_code") or code,
        "budget_unit_name": budget_unit.get("unit_name") or name or None,
        "goal_text": project.goal,
        "page_no": key.origins[0].page,
    }
    unit: Unit | None = None
    for kind, role in _AMOUNT_ROLES.items():
        col = layout.columns.get(role)
        unit = (draft.table.columns[col].unit if col is not None else None) or draft.table.unit
        values.update(_amount_values(draft, kind, project.amounts.get(kind), unit))
        if kind == "total":
            values["published_unit"] = unit
    return values


def _amount_values(
    draft: Draft, kind: str, cell: LogicalCell | None, unit: Unit | None
) -> dict[str, Value]:
    """``<kind>_yuan``, ``<kind>_text``; of the total also its status and decimals."""
    amount = parse_amount(cell.text if cell else "")
    yuan = to_yuan(amount, unit) if unit else None
    if cell and amount.kind == "unreadable":
        draft.note("amount-unparsed", f"not an amount: {cell.text!r}", cell, kind)
        draft.use(cell, "finding", "amount-unparsed")
    elif cell and unit is None:
        draft.note("unit-missing", f"no unit printed near the table: {cell.text}", cell, kind)
    elif cell and yuan is None and amount.kind == "number":
        draft.note("amount-too-fine", f"finer than 0.01 yuan: {cell.text} {unit}", cell, kind)
    values: dict[str, Value] = {f"{kind}_yuan": yuan, f"{kind}_text": amount.raw or None}
    if kind == "total":
        values["value_status"] = _STATUS.get(amount.kind, "published")
        values["published_decimals"] = amount.decimals
    return values


# --- indicators with their owners ----------------------------------------------------------------


def _write_indicators(
    draft: Draft,
    blocks: Sequence[Block],
    owners: Sequence[Ownership],
    projects: dict[int, _Project],
    indicators: Sequence[_Indicator],
) -> None:
    """One record for each indicator row; ``seq`` counts within its project in printed order."""
    counts: dict[str, int] = {}
    for indicator in indicators:
        number = next(i for i, b in enumerate(blocks) if indicator.row in b.rows)
        ownership = owners[number]
        project_id = (
            f"{draft.table.table_id}:unknown"
            if ownership.owner is None
            else projects[ownership.owner].project_id
        )
        counts[project_id] = counts.get(project_id, 0) + 1
        nature = read_nature(indicator.texts.get("nature", ""))
        draft.records.append(
            Record(
                "project_indicators",
                {
                    "table_id": draft.table.table_id,
                    "row_id": f"{draft.table.table_id}:{indicator.row}:{indicator.cell.col}",
                    "project_id": project_id,
                    "seq": counts[project_id],
                    **{role: indicator.texts.get(role) or None for role in _TEXT_ROLES},
                    "nature": nature,
                    **read_value(indicator.texts.get("value", ""), nature),
                    "measure_unit": indicator.texts.get("measure_unit") or None,
                    "text_clipped": False,
                    "owner_status": ownership.status,
                    "page_no": indicator.cell.origins[0].page,
                },
                indicator.cell.origins[0],
            )
        )


def _report_owners(
    draft: Draft,
    blocks: Sequence[Block],
    owners: Sequence[Ownership],
    projects: dict[int, _Project],
    indicators: Sequence[_Indicator],
) -> None:
    """A finding for each block whose owner is not printed in it."""
    for number, (block, ownership) in enumerate(zip(blocks, owners, strict=True)):
        own = [i for i in indicators if i.row in block.rows]
        if ownership.status == "printed" or not own:
            continue
        above = max((i for i in projects if i < number), default=None)
        after = projects[ownership.owner].project_id if ownership.owner is not None else None
        code = "owner-inferred" if ownership.status == "inferred" else "owner-ambiguous"
        draft.findings.append(
            _finding(
                draft.table,
                code if after else "indicator-without-project",
                "info" if code == "owner-inferred" else "warning",
                f"{len(own)} indicator row(s) stand beside a blank project cell",
                own[0].cell,
                before=projects[above].project_id if above is not None else None,
                after=after,
                rule=ownership.rule,
                evidence="; ".join(ownership.evidence) or None,
            )
        )


def _finding(
    table: LogicalTable,
    code: str,
    severity: str,
    note: str,
    cell: LogicalCell,
    *,
    before: str | None = None,
    after: str | None = None,
    rule: str | None = None,
    evidence: str | None = None,
) -> Finding:
    assert severity in ("info", "warning")
    return Finding(
        code=code,
        severity="info" if severity == "info" else "warning",
        note=note,
        origin=cell.origins[0],
        table_id=table.table_id,
        page=cell.origins[0].page,
        before=before,
        after=after,
        rule=rule,
        evidence=evidence,
    )
