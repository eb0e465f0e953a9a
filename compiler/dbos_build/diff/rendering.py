"""A comparison as text for people, Markdown for a pull request, or JSON for scripts.

In: a `Comparison`. Out: text that ends in a line feed. Never: decides anything; never passes what a
terminal or a Markdown renderer would act on through from user code.
"""

from __future__ import annotations

import html
import json
from collections import Counter
from collections.abc import Iterator

from dbos_build.diff.judging import VERDICTS, Comparison, InFlight, Judgement, Spot, Step
from dbos_build.findings import Finding, Severity
from dbos_build.report.plain import counted, plain, styled
from dbos_build.report.records import record

_STYLES = {"breaking": "error", "unknown": "warning"}
_MARKS = {"breaking": "❌", "unknown": "❓"}


def as_json(comparison: Comparison) -> str:
    """Return everything as one JSON object."""
    document = {
        "old": comparison.old,
        "new": comparison.new,
        "safe": comparison.is_safe,
        "workflows": {each.name: _judgement(each) for each in comparison.workflows},
        "findings": [record(each) for each in comparison.findings],
    }
    return json.dumps(document, indent=2) + "\n"


def _judgement(judgement: Judgement) -> dict[str, object]:
    return {
        "verdict": judgement.verdict,
        "change": judgement.change,
        "reason": judgement.reason,
        "trace": [
            {"operation": step.operation, "old": _spot(step.old), "new": _spot(step.new)}
            for step in judgement.trace
        ],
        "findings": [record(each) for each in judgement.findings],
        **({} if judgement.in_flight is None else {"in_flight": _in_flight(judgement.in_flight)}),
    }


def _in_flight(found: InFlight) -> dict[str, object]:
    return {
        "begun": list(found.begun),
        "waiting": list(found.waiting),
        "other_versions": list(found.others),
    }


def _told(judgement: Judgement) -> str:
    """The reason of a verdict, and who is in flight."""
    told = "" if judgement.in_flight is None else judgement.in_flight.told
    return f"{judgement.reason}; {told}" if told else judgement.reason


def _spot(spot: Spot | None) -> dict[str, object] | None:
    if spot is None:
        return None
    return {"path": spot.path, "line": spot.line or None, "text": spot.text}


def as_text(comparison: Comparison, *, colour: bool = False) -> str:
    """Return the comparison for a terminal: what is not safe in full, the rest in a line each."""
    lines = [f"{plain(comparison.old)} → {plain(comparison.new)}", ""]
    width = max(map(len, VERDICTS))
    for each in comparison.workflows:
        verdict = styled(each.verdict.ljust(width), _STYLES.get(each.verdict, "good"), colour)
        lines.append(f"{verdict}  {plain(each.name)}: {plain(_told(each))}")
        lines += [f"    {line}" for line in _trace_lines(each.trace)]
        lines += [
            f"    {_finding_line(finding, known=each.reason)}"
            for finding in each.findings
            if finding.severity is not Severity.INFO or not each.is_safe
        ]
    lines += [_finding_line(finding) for finding in comparison.findings]
    lines += ["", _summary(comparison)]
    return "\n".join(lines) + "\n"


def _trace_lines(trace: tuple[Step, ...]) -> Iterator[str]:
    """The way to the difference: what both have in one line, what differs in two."""
    for number, step in enumerate(trace, start=1):
        last = number == len(trace)
        operation = plain(step.operation)
        if not last:
            yield f"{number:3}  {operation}  {_spelled(step.new or step.old)}".rstrip()
            continue
        yield f"{number:3}  old: {_spelled(step.old) or 'nothing'}"
        yield f"     new: {_spelled(step.new) or 'nothing'}"


def _spelled(spot: Spot | None) -> str:
    if spot is None:
        return ""
    where = f"{spot.path}:{spot.line}" if spot.line else spot.path
    return plain(f"{where}  {spot.text}".strip())


def _finding_line(finding: Finding, known: str = "") -> str:
    """A finding in a line; what the verdict has said already is not said again."""
    place = f"{finding.path}:{finding.line}" if finding.path else "-"
    message = "" if finding.message == known else f" {finding.message}"
    return plain(f"{place}: {finding.severity.value} {finding.code} [{finding.name}]{message}")


def _summary(comparison: Comparison) -> str:
    if not comparison.workflows:
        return "no workflows on either side"
    counts = Counter(each.verdict for each in comparison.workflows)
    parts = [f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict]]
    told = f"{counted(len(comparison.workflows), 'workflow')}: {', '.join(parts)}"
    if comparison.is_safe:
        return f"{told}. The new build can take over everything that the old one began."
    return f"{told}. `dbos-build rule CODE` says what to do about a finding."


def as_markdown(comparison: Comparison) -> str:
    """Return the comparison as a comment for a pull request."""
    heading = "safe to deploy" if comparison.is_safe else "not safe to deploy"
    lines = [
        f"### Workflows in flight: {heading}",
        "",
        f"{_cell(comparison.old)} → {_cell(comparison.new)}",
        "",
        "| | workflow | verdict | reason |",
        "|---|---|---|---|",
    ]
    for each in comparison.workflows:
        mark = _MARKS.get(each.verdict, "✅")
        lines.append(f"| {mark} | {_code(each.name)} | {each.verdict} | {_cell(_told(each))} |")
    for each in comparison.workflows:
        if not each.trace or each.is_safe:
            continue
        lines += ["", f"<details><summary>How {_html(each.name)} differs</summary>", "", "```text"]
        lines += [line.replace("```", "'''") for line in _trace_lines(each.trace)]
        lines += ["```", "", "</details>"]
    shown = [
        finding
        for found in (comparison.findings, *(each.findings for each in comparison.workflows))
        for finding in found
    ]
    if shown:
        lines += ["", "| place | finding |", "|---|---|"]
    for finding in shown:
        place = _code(f"{finding.path}:{finding.line}")
        lines.append(
            f"| {place} | {finding.severity.value} {finding.code}: {_cell(finding.message)} |"
        )
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """Text in a table of Markdown, where nothing in it means anything."""
    shown = plain(text)
    for character in "\\`|*_<>[]":
        shown = shown.replace(character, f"\\{character}")
    return shown.replace("@", "@\u200b")  # mentions nobody


def _html(text: str) -> str:
    """Text between tags, where escapes of Markdown mean nothing."""
    return html.escape(plain(text)).replace("@", "@\u200b")


def _code(text: str) -> str:
    return "`" + plain(text).replace("`", "'").replace("|", "\\|") + "`"
