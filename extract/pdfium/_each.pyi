from typing import Any

import numpy as np
import numpy.typing as npt

def each(
    function: int,
    is_wide: bool,
    count: int,
    answers: npt.NDArray[np.int64] | npt.NDArray[np.uint64],
    arguments: tuple[int | range | npt.NDArray[Any] | tuple[npt.NDArray[Any], int], ...],
) -> None:
    """Call the C function at address ``function`` ``count`` times; answers go to ``answers``.

    ``is_wide``: it answers with a machine word instead of an int. ``arguments``, 1 to 5: a number,
    numbers in steps, an array (count,) of words, or the addresses of a column of an array's rows.
    Raises ValueError where an array has fewer than ``count`` rows, or no words where it must.
    """
