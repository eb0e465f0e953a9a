"""One line per finding: `path:line:column: severity CODE [name] message`.

In: a `Report`. Out: lines that editors and grep understand, and a summary.
Never: shows source or chains; the full form does.
"""

from __future__ import annotations

from dbos_build.findings import Finding
from dbos_build.report import Report
from dbos_build.report.plain import plain, styled
from dbos_build.report.summary import summary


def render(report: Report) -> str:
    """Return the findings, one per line, and the summary."""
    lines = [headline(finding, report) for finding in report.findings]
    return "\n".join([*lines, summary(report)]) + "\n"


def headline(finding: Finding, report: Report) -> str:
    """The one line that says everything about a finding."""
    place = f"{plain(report.shown(finding.path))}:{finding.line}:{finding.column}"
    severity = finding.severity.value
    return (
        f"{styled(place, 'place', report.colour)}: "
        f"{styled(f'{severity} {finding.code}', severity, report.colour)} "
        f"[{finding.name}] {plain(finding.message)}"
    )
