"""What a process loads before its first document.

By itself, so that one that starts processes can name it without loading all that.
"""

from __future__ import annotations


def make_ready() -> None:
    """Import what converts, and read the reviewed data: most of a second."""
    from yusuan.arrow import leave_pandas_out

    leave_pandas_out()
    from yusuan.convert import load

    load()
