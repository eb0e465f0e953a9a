"""Findings for people: the source line, a caret under the code, and the way that led there.

In: a `Report`. Out: a paragraph per finding and a summary.
Never: shows more than one line of source per place; never lets source text act on the terminal.
"""

from __future__ import annotations

from dbos_build.findings import Finding, Link
from dbos_build.report import Report
from dbos_build.report.concise import headline
from dbos_build.report.plain import plain, styled, width
from dbos_build.report.summary import summary

LINE_WIDTH_MAX = 160
"""Longer source lines are cut; a caret beyond the cut is not drawn."""


def render(report: Report) -> str:
    """Return every finding with its source and call chain, and the summary."""
    lines_of = {path: text.split("\n") for path, text in report.texts.items()}
    paragraphs = ["\n".join(_paragraph(each, lines_of, report)) for each in report.findings]
    return "\n\n".join([*paragraphs, summary(report)]) + "\n"


def _paragraph(finding: Finding, lines_of: dict[str, list[str]], report: Report) -> list[str]:
    margin = len(str(finding.line))
    bar = styled("|", "frame", report.colour)
    lines = [headline(finding, report)]
    source = lines_of.get(finding.path, [])
    if 0 < finding.line <= len(source) and source[finding.line - 1].strip():
        shown, before, marked = _excerpt(source[finding.line - 1], finding)
        number = styled(str(finding.line), "frame", report.colour)
        lines += [f"{'':{margin}} {bar}", f"{number} {bar} {shown}"]
        if marked:
            caret = styled("^" * marked, "caret", report.colour)
            lines.append(f"{'':{margin}} {bar} {' ' * before}{caret}")
    if finding.chain:
        edge = styled("=", "frame", report.colour)
        begin = finding.chain[0].function
        owner = f"workflow {plain(finding.workflow)}" if finding.workflow else plain(begin)
        lines.append(f"{'':{margin}} {edge} reached from {owner}:")
        lines += [f"{'':{margin}}     {_hop(link, report)}" for link in finding.chain]
    elif finding.workflow:
        edge = styled("=", "frame", report.colour)
        lines.append(f"{'':{margin}} {edge} in workflow {plain(finding.workflow)}")
    return lines


def _excerpt(line: str, finding: Finding) -> tuple[str, int, int]:
    """The shown line, the columns before the caret, and how wide the caret is (0 for none)."""
    start = min(max(finding.column - 1, 0), len(line))
    end = finding.end_column - 1 if finding.end_line == finding.line else len(line)
    end = min(max(end, start + 1), max(len(line), start + 1))
    indent = len(line) - len(line.lstrip())
    indent = min(indent, start)
    head, body, tail = (
        plain(part.replace("\t", "    "))
        for part in (line[indent:start], line[start:end], line[end:])
    )
    before, marked = width(head), max(width(body), 1)
    shown = head + body + tail
    if width(shown) > LINE_WIDTH_MAX:
        shown = shown[:LINE_WIDTH_MAX] + " …"
        marked = 0 if before >= LINE_WIDTH_MAX else min(marked, LINE_WIDTH_MAX - before)
    return shown, before, marked


def _hop(link: Link, report: Report) -> str:
    place = f"{plain(report.shown(link.path))}:{link.line}:{link.column}"
    return f"{styled(place, 'faint', report.colour)}  {plain(link.function)}: {plain(link.what)}"
