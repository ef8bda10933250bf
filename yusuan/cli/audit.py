"""``yusuan audit``: a random sample to look at, and the error rate that it tells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yusuan.cli.options import wrong_usage

if TYPE_CHECKING:
    from yusuan.review.audit import Estimate


def audit(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A dataset made by yusuan run.")],
    n: Annotated[int, typer.Option("--n", min=1, help="Figures to draw.")] = 200,
    sample: Annotated[
        Path, typer.Option(help="File of the sample; drawn and written if it is not there.")
    ] = Path("audit.jsonl"),
    corrections: Annotated[
        Path, typer.Option("--corrections", "-c", help="File of the decisions.")
    ] = Path("corrections.jsonl"),
    seed: Annotated[int, typer.Option(help="Number that the sample is drawn with.")] = 1,
) -> None:
    """Draw a sample of figures for review, or tell the error rate of one that was reviewed.

    Review it with yusuan review OUT --audit FILE. Exit code 0: done, 2: wrong usage.
    """
    if not (out / "manifest.parquet").is_file():
        wrong_usage(f"{out} is not a dataset of yusuan (it has no manifest.parquet)")

    from yusuan.corrections.file import read_corrections
    from yusuan.corrections.model import CorrectionError
    from yusuan.review.audit import AuditError, draw_sample, estimate, read_sample, write_sample

    try:
        if not sample.is_file():
            drawn = draw_sample(out, n, seed)
            write_sample(drawn, sample)
            typer.echo(f"{len(drawn.drawn)} figures drawn into {sample}", err=True)
        decided = read_corrections(corrections) if corrections.is_file() else ()
        found = estimate(read_sample(sample), decided)
        typer.echo(_told(found), nl=False)
        if not found.n_seen:
            typer.echo(
                f"no error rate yet: look at them with yusuan review {out} --audit {sample} "
                f"-c {corrections}, then give this command again"
            )
    except (AuditError, CorrectionError, OSError) as error:
        wrong_usage(str(error))


def _told(found: Estimate) -> str:
    lines = [
        f"{found.n_drawn} figures drawn, {found.n_seen} looked at, {found.n_wrong} misread",
    ]
    if found.n_seen:
        lines.append(
            f"error rate {found.rate:.2%}, 95 % interval {found.low:.2%} to {found.high:.2%}"
        )
        lines += [
            f"  {name}: {wrong} of {seen}" for name, (wrong, seen) in found.by_stratum.items()
        ]
    return "\n".join(lines) + "\n"
