"""yusuan: Chinese budget disclosure PDFs to tables in which every figure has its origin.

``yusuan.read("x.pdf")`` converts one document; many are the business of ``yusuan run``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yusuan.api import Document as Document
    from yusuan.api import DocumentError as DocumentError
    from yusuan.api import read as read

__version__ = "0.1.0"
__all__ = ["Document", "DocumentError", "__version__", "read"]

# In a checkout the stages stand beside this folder; in an installed package they are inside it.
_checkout = Path(__file__).resolve().parent.parent
if not (Path(__file__).parent / "extract").exists() and (_checkout / "extract").is_dir():
    __path__.append(str(_checkout))


def __getattr__(name: str) -> Any:
    """Import the API on first use, so that ``yusuan --help`` does not wait for Arrow."""
    if name in {"Document", "DocumentError", "read"}:
        from yusuan import api

        return getattr(api, name)
    raise AttributeError(f"module 'yusuan' has no attribute {name!r}")
