"""货物, 工程 and 服务: the categories of government procurement as rows print them."""

from __future__ import annotations

from yusuan.normalize.model import LogicalTable, Value
from yusuan.normalize.text import label_key, strip_ordinal


def category(text: str, is_total: bool) -> dict[str, Value]:
    """``A-货物``, ``A货物类``, ``一、货物A`` -> code A, name 货物(类); a total has neither."""
    key = strip_ordinal(label_key(text))[1]
    if is_total:
        return {"category_code": None, "category_name": None}
    if len(key) > 2 and key[0] in "ABC" and key[1] in "-—－、.":
        return {"category_code": key[0], "category_name": key[2:]}
    by_name = {"货物": "A", "工程": "B", "服务": "C"}
    for name in (key[1:], key[:-1]):
        if by_name.get(name.removesuffix("类")) in (key[:1], key[-1:]):
            key = name
    return {"category_code": by_name.get(key.removesuffix("类")), "category_name": key or None}


def category_column(table: LogicalTable) -> int | None:
    """The column in which 货物, 工程 and 服务 stand, each once, whatever its header says."""
    found: dict[int, list[str]] = {}
    for row in table.rows:
        for cell in row:
            code = category(cell.text, False)["category_code"] if cell.text else None
            if isinstance(code, str):
                found.setdefault(cell.col, []).append(code)
    return next((col for col, codes in found.items() if len(set(codes)) == len(codes)), None)
