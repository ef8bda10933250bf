"""The command line: one module per verb, each parsing, calling and printing, nothing more."""

from __future__ import annotations


def main() -> None:
    """Run the command line; wrong usage is one line on stderr and exit code 2.

    The commands are imported here: processes that ``run`` starts import this module, as Python's
    ``multiprocessing`` has it, and have no use for them.
    """
    from yusuan.cli.commands import run_command

    run_command()
