"""The truth must come out of LibreOffice's prints too. On demand only: ``just torture-office``."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from .chance import MIN_ROWS, drawn_by_chance
from .families import SHEETS
from .office import convert, flat_sheet
from .reading import differences, read
from .strategies import Example, examples

N_EXAMPLES = int(os.environ.get("YUSUAN_TORTURE_OFFICE", "0"))


@pytest.mark.skipif(not N_EXAMPLES, reason="slow; just torture-office runs it")
@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice (soffice)")
@pytest.mark.parametrize("family", sorted(SHEETS))
def test_truth_comes_out_of_calc(family: str, tmp_path: Path) -> None:
    drawn: list[Example] = []

    @drawn_by_chance(N_EXAMPLES)
    @given(examples(family))
    def collect(example: Example) -> None:
        if example.sheet.n_rows < MIN_ROWS:
            return
        # Wide columns: the office, not the generator, decides where a figure would be broken.
        middle = max((example.sheet.n_rows - example.sheet.n_header) // 2, 1)
        style = replace(
            example.style,
            width=example.style.size * 9.0 * example.sheet.n_cols,
            breaks=example.style.breaks or (middle,),
        )
        drawn.append(replace(example, style=style))

    collect()
    sources = []
    for number, example in enumerate(drawn):
        source = tmp_path / f"{family}{number}.fods"
        source.write_text(flat_sheet(example.sheet, example.style), encoding="utf-8")
        sources.append(source)
    convert(sources, tmp_path)
    failed = {}
    for source, example in zip(sources, drawn, strict=True):
        problems = differences(example.sheet, read(source.with_suffix(".pdf").read_bytes()), {})
        if problems:
            failed[source.name] = problems[:3]
    assert not failed, f"{len(failed)} of {len(drawn)} prints:\n" + "\n".join(
        f"{name}: {problem}" for name, problems in failed.items() for problem in problems
    )
