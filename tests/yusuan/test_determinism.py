"""The same document gives the same bytes in any process: no row stands where a hash put it."""

import os
import subprocess
import sys
from pathlib import Path

CODE = """
import hashlib, sys
from yusuan.arrow import leave_pandas_out
from yusuan.convert import convert
from yusuan.kept import MadeWith, encode

leave_pandas_out()
for path in sys.argv[1:]:
    data = encode(convert(path, source="x.pdf"), MadeWith("", "", "", "", ""), "")
    print(hashlib.sha256(data).hexdigest())
"""


def test_running_imports_no_pandas() -> None:
    """It takes a third of a second, and 50 MB in each process."""
    code = (
        "import sys, yusuan.run, yusuan.cluster, yusuan.verify, yusuan.fetch, yusuan.upload\n"
        "print(sorted({'pandas', 'camelot', 'pdfplumber', 'cv2'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_hashes_of_texts_decide_nothing(samples_dir: Path) -> None:
    """Python hashes texts differently in each process, so that sets have another order."""
    paths = [str(samples_dir / name) for name in ("final-account.pdf", "shanghai-form.pdf")]
    printed = [
        subprocess.run(
            [sys.executable, "-c", CODE, *paths],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "7")
    ]
    assert printed[0] == printed[1]
    assert len(printed[0].split()) == len(paths)
