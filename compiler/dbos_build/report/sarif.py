"""Findings as SARIF 2.1.0, which code scanning services read.

In: a `Report`. Out: one JSON document; the chain of a finding is its code flow.
Never: absolute paths; they are relative to `%SRCROOT%`.
"""

from __future__ import annotations

import json
from collections import Counter
from urllib.parse import quote

from dbos_build.findings import Finding, Link
from dbos_build.report import Report
from dbos_build.report.gitlab import fingerprint

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def render(report: Report) -> str:
    """Return the SARIF log of one run."""
    rules = sorted({(finding.code, finding.name) for finding in report.findings})
    seen: Counter[str] = Counter()
    run = {
        "tool": {
            "driver": {
                "name": "dbos-build",
                "rules": [{"id": code, "name": name} for code, name in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, report, seen) for finding in report.findings],
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2) + "\n"


def _result(finding: Finding, report: Report, seen: Counter[str]) -> dict[str, object]:
    region = {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
    }
    result: dict[str, object] = {
        "ruleId": finding.code,
        "level": _LEVELS[finding.severity.value],
        "message": {"text": finding.message},
        "locations": [_location(report.shown(finding.path), region)],
        "partialFingerprints": {"dbosBuild/v1": fingerprint(finding, seen)},
    }
    if finding.chain:
        steps = [{"location": _hop(link, report)} for link in finding.chain]
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    return result


def _hop(link: Link, report: Report) -> dict[str, object]:
    region = {"startLine": link.line, "startColumn": link.column}
    message = {"text": f"{link.function}: {link.what}"}
    return {**_location(report.shown(link.path), region), "message": message}


def _location(path: str, region: dict[str, int]) -> dict[str, object]:
    place = {"uri": quote(path, errors="surrogatepass"), "uriBaseId": "%SRCROOT%"}
    return {"physicalLocation": {"artifactLocation": place, "region": region}}
