"""How often each rule was broken, the most frequent first.

In: a `Report`. Out: a line per rule, or the same as JSON. Never: anything about single findings.
"""

from __future__ import annotations

import json
from collections import Counter

from dbos_build.report import Report
from dbos_build.report.summary import summary


def render(report: Report) -> str:
    """Return the counts as a table, and the summary."""
    rows = _counts(report)
    width = max((len(str(count)) for count, _, _ in rows), default=0)
    lines = [f"{count:{width}}  {code}  {name}" for count, code, name in rows]
    return "\n".join([*lines, summary(report)]) + "\n"


def render_array(report: Report) -> str:
    """Return the counts as a JSON array."""
    rows = [{"code": code, "name": name, "count": count} for count, code, name in _counts(report)]
    return json.dumps(rows, indent=2) + "\n"


def _counts(report: Report) -> list[tuple[int, str, str]]:
    found = Counter((finding.code, finding.name) for finding in report.findings)
    rows = [(count, code, name) for (code, name), count in found.items()]
    return sorted(rows, key=lambda row: (-row[0], row[1]))
