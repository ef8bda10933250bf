"""``yusuan review``: look at figures on their pages in the browser and decide what is right."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from yusuan.cli.options import wrong_usage


def review(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A dataset made by yusuan run.")],
    corrections: Annotated[
        Path,
        typer.Option(
            "--corrections", "-c", help="File that decisions are written to; keep in git."
        ),
    ] = Path("corrections.jsonl"),
    who: Annotated[
        str | None, typer.Option(help="Name written beside each decision. [default: the user]")
    ] = None,
    audit: Annotated[
        Path | None,
        typer.Option(help="Look at the sample in this file, drawn by yusuan audit, instead."),
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 8321,
) -> None:
    """Serve a page on this machine alone, with what needs a look first and each figure in place.

    Decisions take effect on the next yusuan run --corrections FILE. Needs the extra
    yusuan[review]. Ctrl-C ends it. Exit code 0: ended, 2: wrong usage.
    """
    if not (out / "manifest.parquet").is_file():
        wrong_usage(f"{out} is not a dataset of yusuan (it has no manifest.parquet)")
    try:
        import uvicorn

        from yusuan.review.app import Review, make_app
    except ImportError:
        wrong_usage("needs starlette and uvicorn: pip install 'yusuan[review]'")

    from yusuan.corrections.file import read_corrections
    from yusuan.corrections.model import CorrectionError
    from yusuan.review.audit import AuditError, read_sample, sample_items

    if corrections.is_file():
        try:
            read_corrections(corrections)
        except CorrectionError as error:
            wrong_usage(str(error))
    try:
        items = sample_items(out, read_sample(audit)) if audit else ()
    except AuditError as error:
        wrong_usage(str(error))
    app = make_app(Review(out.resolve(), corrections.resolve(), who or getpass.getuser(), items))
    typer.echo(f"http://127.0.0.1:{port}/  (decisions: {corrections})", err=True)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", server_header=False)
