"""Cells that can only stand in the body of a table, by their text alone."""

from __future__ import annotations

import re
from functools import lru_cache

from yusuan.normalize.amounts import parse_figure
from yusuan.normalize.text import label_key

# Code alone, code-name, or code fused with a name: the first cell of a data row.
# A year in front of a header (2026年预算数) is neither.
_CODE = re.compile(r"[\[【(（]?(?!20\d\d年)\d{3,}([\]】)）\-—_:：一-鿿]|$)")
# 其中： is none of them: it stands in headers too (其中：财政拨款).
_ORDINAL = re.compile(
    r"[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）]|[（(]\d{1,2}[)）]|\d{1,2}[、.．]"
)


@lru_cache(maxsize=1 << 14)
def is_data(text: str) -> bool:
    """Whether a cell can only stand in the body: an amount, a dash, a code, an ordinal label."""
    key = label_key(text)
    if parse_figure(text).kind in ("number", "zero", "dash"):
        return True
    return bool(_CODE.match(key) or _ORDINAL.match(key))
