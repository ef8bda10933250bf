"""yusuan: Chinese budget disclosure PDFs to tables in which every figure has its origin."""

from pathlib import Path

__version__ = "0.1.0"

# In a checkout the stages stand beside this folder; in an installed package they are inside it.
_checkout = Path(__file__).resolve().parent.parent
if not (Path(__file__).parent / "extract").exists() and (_checkout / "extract").is_dir():
    __path__.append(str(_checkout))
