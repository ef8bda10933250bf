"""Books of a whole government: 某县2026年政府预算, 预算执行情况和预算草案的报告.

Their tables bear the names that departments' tables bear (一般公共预算支出表) and hold the money of
all departments; read as a department's they would be counted beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from yusuan.extract.model import RawPage
from yusuan.normalize.captions import Caption
from yusuan.normalize.text import label_key

OUTSIDE: Final = "Budget of a whole government, not of a department."

_BOOK = re.compile(
    r"年(?:度)?(?:[省市区县州镇乡盟旗]本?级|本级|全[省市区县州镇乡盟旗])?(?:政府|财政)(?:财政|总)?[预决]算"
    r"|(?:本级|全[省市区县州盟旗])(?:政府|财政)[预决]算|财政总[预决]算|(?<!人民)政府[预决]算(?:公开|草案|表)"
    r"|[预决]算执行情况[和与及暨].{0,20}[预决]算(?:草案)?(?:的)?报告"
)
# 某镇人民政府2026年部门预算, 2026年政府办公室预算 are of one body.
_BODY = re.compile("部门|单位|人民政府20|人民政府二|人民政府年")
_MAX_LINES: Final = 8


def is_government_book(pages: Sequence[RawPage], captions: Iterable[Caption]) -> bool:
    """Whether the first page's title says so and neither it nor any caption names a department."""
    if not pages:
        return False
    top = min((table.box.top for table in pages[0].tables), default=pages[0].height)
    keys = [label_key(line.text) for line in pages[0].lines if line.box.bottom <= top]
    title = "".join(key for key in keys[:_MAX_LINES] if "单位：" not in key)
    if not _BOOK.search(title) or _BODY.search(title):
        return False
    return not any(caption.publisher for caption in captions)
