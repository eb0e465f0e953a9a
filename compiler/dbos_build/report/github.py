"""Findings as workflow commands of GitHub Actions, which become annotations on the changed lines.

In: a `Report`. Out: one command per finding. Never: lets a message end its command early.
"""

from __future__ import annotations

from collections.abc import Mapping

from dbos_build.findings import Finding
from dbos_build.report import Report
from dbos_build.report.plain import plain

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def render(report: Report) -> str:
    """Return the annotation commands."""
    return "".join(_command(finding, report) + "\n" for finding in report.findings)


def _command(finding: Finding, report: Report) -> str:
    place = {
        "title": f"dbos-build ({finding.code})",
        "file": report.shown(finding.path),
        "line": str(finding.line),
        "col": str(finding.column),
        "endLine": str(finding.end_line),
        "endColumn": str(finding.end_column),
    }
    text = f"{finding.path}:{finding.line}:{finding.column}: {finding.code} {finding.message}"
    return annotation(_LEVELS[finding.severity.value], place, text)


def annotation(level: str, properties: Mapping[str, str], text: str) -> str:
    """Return one command: `level` is error, warning or notice, `properties` say where it stands."""
    placed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{level} {placed}::{_data(text)}"


def _data(text: str) -> str:
    return plain(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
