"""What schemas/findings.csv says of findings holds for all of them, whoever made them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from yusuan.normalize.model import Finding
from yusuan.schemas.model import FindingRule


def as_documented(
    findings: Iterable[Finding], rules: Mapping[str, FindingRule]
) -> tuple[Finding, ...]:
    """The findings with the severity of their codes. ``rules``: by code, of findings.csv."""
    return tuple(
        replace(finding, severity=rules[finding.code].severity)
        if finding.code in rules and finding.severity != rules[finding.code].severity
        else finding
        for finding in findings
    )
