"""The last line of a check.

In: a `Report`. Out: how much was found in how much. Never: anything longer than a line.
"""

from __future__ import annotations

from dbos_build.report import Report
from dbos_build.report.plain import counted, styled


def summary(report: Report) -> str:
    """Return the counts of what was found and of what was looked at."""
    looked_at = f"{counted(report.files, 'file')}, {counted(report.workflows, 'workflow')}"
    if not report.findings:
        return styled("No findings", "good", report.colour) + f" in {looked_at}."
    counts = [
        counted(number, noun)
        for noun in ("error", "warning", "info")
        if (number := sum(finding.severity == noun for finding in report.findings))
    ]
    worst = min(report.findings, key=lambda finding: _RANKS[finding.severity.value])
    found = styled(f"Found {', '.join(counts)}", worst.severity.value, report.colour)
    return f"{found} in {looked_at}."


_RANKS = {"error": 0, "warning": 1, "info": 2}
