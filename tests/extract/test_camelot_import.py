"""camelot without pandas: what it asks of data frames, and that it finds the same columns."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from yusuan.extract.camelot_import import Frame

ROWS = st.integers(0, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.sampled_from(["", "a", "b"]), min_size=width, max_size=width), max_size=4
    )
)

READ = """
import sys
if sys.argv[2] == "without":
    sys.modules["pandas"] = None
from yusuan.extract.camelot_import import import_camelot
import_camelot()
from camelot.io import read_pdf
for flavor in ("hybrid", "stream"):
    for table in read_pdf(sys.argv[1], flavor=flavor, suppress_stdout=True):
        print(flavor, table.cols, table.rows, table.shape)
print("pandas.core" in sys.modules, file=sys.stderr)
"""


@given(ROWS)
def test_blank_rows_and_columns_are_left_out_as_pandas_does(rows: list[list[str]]) -> None:
    ours, theirs = Frame(rows), pd.DataFrame(rows)
    assert (ours.shape, ours.empty) == (theirs.shape, theirs.empty)
    ours = ours.loc[~(ours == "").all(axis=1)]
    theirs = theirs.loc[~(theirs == "").all(axis=1)]
    assert ours.shape == theirs.shape
    ours = ours.loc[:, ~(ours == "").all(axis=0)]
    theirs = theirs.loc[:, ~(theirs == "").all(axis=0)]
    assert (ours.shape, ours.empty) == (theirs.shape, theirs.empty)
    assert np.array_equal(ours == "a", (theirs == "a").to_numpy(bool))


@pytest.fixture
def unruled(tmp_path: Path) -> Path:
    """A page with a table of four columns, a blank one and a rule in it."""
    path = tmp_path / "table.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    for row in range(8):
        for column, x in enumerate((60, 200, 330, 460)):
            canvas.drawString(x, 700 - 20 * row, f"{row}{column}.50")
    canvas.line(50, 715, 520, 715)
    canvas.save()
    return path


def test_camelot_finds_the_same_without_pandas(unruled: Path) -> None:
    told = [
        subprocess.run(
            [sys.executable, "-c", READ, str(unruled), way],
            capture_output=True, text=True, check=True, timeout=120,
        )
        for way in ("with", "without")
    ]  # fmt: skip
    assert told[0].stdout == told[1].stdout
    assert "stream" in told[0].stdout and "hybrid" in told[0].stdout
    assert [one.stderr.splitlines()[-1] for one in told] == ["True", "False"]
