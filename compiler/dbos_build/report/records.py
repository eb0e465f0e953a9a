"""Findings as JSON: the contract that other tools read.

In: a `Report`. Out: one array, or one object per line, with exactly the fields of `Finding`.
Never: absolute paths, colours, or anything that depends on where the command was started.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dbos_build.findings import Finding, Link, Severity
from dbos_build.report import Report


def render_array(report: Report) -> str:
    """Return one JSON array."""
    return json.dumps([record(finding) for finding in report.findings], indent=2) + "\n"


def render_lines(report: Report) -> str:
    """Return one JSON object per line."""
    return "".join(json.dumps(record(finding)) + "\n" for finding in report.findings)


def record(finding: Finding) -> dict[str, object]:
    """Return a finding as plain data."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "workflow": finding.workflow,
        "chain": [
            {
                "path": link.path,
                "line": link.line,
                "column": link.column,
                "function": link.function,
                "what": link.what,
            }
            for link in finding.chain
        ],
        "fix": finding.fix,
    }


def finding(row: Mapping[str, Any]) -> Finding:
    """Return the finding that `record` made plain data of; raises KeyError, TypeError, ValueError
    for data of another shape.
    """
    values = {**row, "severity": Severity(row["severity"])}
    values["chain"] = tuple(Link(**link) for link in row["chain"])
    return Finding(**values)
