"""Templates whose every value is escaped: documents may hold whatever a page would run."""

from __future__ import annotations

import re

import jinja2

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def environment(package: str) -> jinja2.Environment:
    """The templates of a package, for HTML that is valid with any text in it."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader(package),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: visible(value) if type(value) is str else value,
    )


def visible(text: str) -> str:
    """Text that HTML may hold: control characters become a replacement mark."""
    return _CONTROL.sub("\ufffd", text)
