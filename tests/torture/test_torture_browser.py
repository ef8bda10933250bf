"""The truth must come out of a browser's prints too. On demand only: ``just torture-browser``."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .browser import Page, prints, program, web_page
from .chance import MIN_ROWS, drawn_by_chance
from .families import SHEETS
from .reading import differences, read
from .strategies import Example, examples

N_EXAMPLES = int(os.environ.get("YUSUAN_TORTURE_BROWSER", "0"))

PAGES = st.builds(
    Page,
    collapse=st.booleans(),
    keep_rows=st.booleans(),
    repeat=st.sampled_from(["nothing", "header", "title and header"]),
    break_all=st.booleans(),
    backgrounds=st.booleans(),
    font=st.sampled_from(["Noto Sans CJK SC", "Noto Serif CJK SC"]),
)


@pytest.mark.skipif(not N_EXAMPLES, reason="slow; just torture-browser runs it")
@pytest.mark.skipif(not program(), reason="needs Chromium")
@pytest.mark.parametrize("family", sorted(SHEETS))
def test_truth_comes_out_of_chromium(family: str, tmp_path: Path) -> None:
    drawn: list[tuple[Example, Page]] = []

    @drawn_by_chance(N_EXAMPLES)
    @given(examples(family), PAGES)
    def collect(example: Example, page: Page) -> None:
        if example.sheet.n_rows < MIN_ROWS:
            return
        # Wide columns: a figure that the browser breaks is no figure any more. No page break is
        # forced: nobody forces one inside a merged cell, where the paper's height makes enough.
        style = replace(
            example.style,
            width=example.style.size * 9.0 * example.sheet.n_cols,
            breaks=(),
            margin=28.0,
            paper_height=min(example.style.paper_height, 420.0),
        )
        drawn.append((replace(example, style=style), page))

    collect()
    pdfs = prints([(web_page(e.sheet, e.style, p), e.style) for e, p in drawn], tmp_path)
    failed = {}
    for number, (pdf, (example, page)) in enumerate(zip(pdfs, drawn, strict=True)):
        problems = differences(example.sheet, read(pdf), {})
        if problems:
            (tmp_path / f"{family}{number}.pdf").write_bytes(pdf)
            failed[f"{family}{number}.pdf"] = [*problems[:3], str(page)]
    assert not failed, f"{len(failed)} of {len(drawn)} prints:\n" + "\n".join(
        f"{name}: {problem}" for name, problems in failed.items() for problem in problems
    )
