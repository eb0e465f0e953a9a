"""Findings of a comparison, at the places of a build.

In: a rule, a place and words. Out: a finding. Never: invents a line; what a lock file describes has
none, and its findings stand at the first line of the file.
"""

from __future__ import annotations

from dbos_build.diff.build import Place
from dbos_build.findings import Finding, Severity
from dbos_build.rules.rule import Rule


def finding(
    rule: Rule,
    place: Place,
    message: str,
    *,
    severity: Severity | None = None,
    workflow: str | None = None,
) -> Finding:
    """Return a finding of a rule at a place."""
    line, column = max(place.line, 1), max(place.column, 1)
    return Finding(
        code=rule.code,
        name=rule.name,
        severity=severity or rule.severity,
        message=message,
        path=place.path,
        line=line,
        column=column,
        end_line=line,
        end_column=column,
        workflow=workflow,
    )
