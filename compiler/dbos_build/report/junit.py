"""Findings as a JUnit report: one suite per file, one failed test per finding.

In: a `Report`. Out: XML. Never: characters that XML cannot hold.
"""

from __future__ import annotations

from itertools import groupby
from xml.sax.saxutils import quoteattr

from dbos_build.findings import Finding
from dbos_build.report import Report
from dbos_build.report.plain import plain


def render(report: Report) -> str:
    """Return the report; a check without findings is one passed test."""
    count = len(report.findings)
    lines = ['<?xml version="1.0" encoding="utf-8"?>']
    lines.append(f'<testsuites name="dbos-build" tests="{max(count, 1)}" failures="{count}">')
    if not count:
        lines.append('  <testsuite name="dbos-build" tests="1" failures="0">')
        lines.append('    <testcase name="no findings" classname="dbos-build"/>')
        lines.append("  </testsuite>")
    for path, group in groupby(report.findings, key=lambda finding: finding.path):
        lines += _suite(report.shown(path), tuple(group))
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _suite(path: str, findings: tuple[Finding, ...]) -> list[str]:
    count = len(findings)
    name = quoteattr(plain(path))
    lines = [f'  <testsuite name={name} tests="{count}" failures="{count}">']
    for finding in findings:
        title = quoteattr(f"{finding.code} {finding.name}")
        message = quoteattr(
            plain(f"line {finding.line}, column {finding.column}: {finding.message}")
        )
        lines.append(f'    <testcase name={title} classname={name} line="{finding.line}">')
        lines.append(f"      <failure type={quoteattr(finding.severity.value)} message={message}/>")
        lines.append("    </testcase>")
    return [*lines, "  </testsuite>"]
