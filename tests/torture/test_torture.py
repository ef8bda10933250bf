"""Drawn tables with known truth go through the whole line and must come out unharmed.

``YUSUAN_TORTURE`` sets how many examples of each family are drawn (``just torture``); the ordinary
run draws few, always the same.
"""

import os

import pytest
from hypothesis import HealthCheck, Phase, given, note, seed, settings

from .chance import SEED
from .draw import render
from .families import SHEETS
from .layout import lay_out
from .reading import differences, read
from .strategies import Example, examples

N_EXAMPLES = int(os.environ.get("YUSUAN_TORTURE", "0"))
PROFILE = settings(
    max_examples=N_EXAMPLES or 30,
    derandomize=not N_EXAMPLES and not SEED,
    database=None,
    deadline=None,
    print_blob=True,
    phases=[Phase.explicit, Phase.generate, Phase.shrink] if N_EXAMPLES else [Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def assert_comes_out(example: Example) -> None:
    layout = lay_out(example.sheet, example.style)
    result = read(render(layout, example.style))
    problems = differences(example.sheet, result, layout.shown, has_overflow=layout.has_overflow)
    note(f"style: {example.style}")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("family", sorted(SHEETS))
def test_truth_comes_out(family: str) -> None:
    @PROFILE
    @given(examples(family))
    def check(example: Example) -> None:
        assert_comes_out(example)

    (seed(int(SEED))(check) if SEED else check)()
