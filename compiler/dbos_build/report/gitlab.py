"""Findings as a GitLab code quality report.

In: a `Report`. Out: a JSON array. Never: line numbers in a fingerprint, so that a finding keeps its
identity while code above it moves.
"""

from __future__ import annotations

import json
from collections import Counter
from hashlib import blake2b

from dbos_build.findings import Finding
from dbos_build.report import Report

_LEVELS = {"error": "critical", "warning": "major", "info": "info"}


def render(report: Report) -> str:
    """Return the report as GitLab reads it."""
    seen: Counter[str] = Counter()
    issues = [_issue(finding, report, seen) for finding in report.findings]
    return json.dumps(issues, indent=2) + "\n"


def _issue(finding: Finding, report: Report, seen: Counter[str]) -> dict[str, object]:
    return {
        "check_name": finding.code,
        "description": f"{finding.name}: {finding.message}",
        "fingerprint": fingerprint(finding, seen),
        "severity": _LEVELS[finding.severity.value],
        "location": {
            "path": report.shown(finding.path),
            "positions": {
                "begin": {"line": finding.line, "column": finding.column},
                "end": {"line": finding.end_line, "column": finding.end_column},
            },
        },
    }


def fingerprint(finding: Finding, seen: Counter[str]) -> str:
    """Return a finding's identity; equal ones in a file are numbered through `seen`."""
    function = finding.chain[-1].function if finding.chain else ""
    parts = (finding.code, finding.path, finding.workflow or "", function, finding.message)
    identity = "\0".join(parts)
    seen[identity] += 1
    content = f"{identity}\0{seen[identity]}".encode("utf-8", "surrogatepass")
    return blake2b(content, digest_size=16).hexdigest()
