"""The summary of what is in flight, as text, as Markdown and as data.

In: a `Summary`. Out: text. Never: lets a name or an id steer the terminal or the page.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from dbos_build.inflight.judging import BEGINS, FITS, PROVEN, RUNS, STRANDED
from dbos_build.inflight.summary import Group, Summary
from dbos_build.report.plain import counted, plain

HEADLINES = {
    STRANDED: "stranded: no build goes on with them",
    FITS: "stranded: they fit by the names of their operations, and nothing proves more",
    BEGINS: "stranded until resumed: they have not begun, and can begin on another version",
    PROVEN: 'taken over with `"take_over": "proven-safe"`, or when resumed',
    RUNS: "taken over",
}
CUT = "…"


def as_text(summary: Summary, limit: int) -> str:
    """Return lines for people; `limit` bounds the groups of a kind, and the ids of a group."""
    return "\n".join([*_lines(summary, limit), *_closing(summary)]) + "\n"


def _lines(summary: Summary, limit: int) -> Iterator[str]:
    for kind, groups in _by_kind(summary):
        yield f"{_number(groups)} {HEADLINES[kind]}"
        for group in groups[:limit]:
            yield plain(f"  {len(group.ids)} {_described(group)}: {_ids(group.ids, limit)}")
            for each in group.judgements:
                yield plain(f"    {each.build}: {each.reason}")
        yield from _rest(groups, limit, "  ")
        yield ""


def _closing(summary: Summary) -> Iterator[str]:
    builds = ", ".join(
        f"{each.label} (version {each.application_version})" for each in summary.builds
    )
    yield plain(
        f"{summary.stranded} of {counted(summary.count, 'workflow')} in flight "
        f"{'is' if summary.stranded == 1 else 'are'} stranded; judged by {builds}"
    )
    if summary.stranded:
        yield "`dbos workflow resume ID` lets one go on with the code of the current version."


def as_markdown(summary: Summary, limit: int) -> str:
    """Return a section for a pull request."""
    lines = [
        f"### {summary.stranded} of {counted(summary.count, 'workflow')} in flight stranded",
        "",
    ]
    if summary.groups:
        lines += ["| | workflow | version | number | ids | why |", "|---|---|---|---|---|---|"]
    for _, groups in _by_kind(summary):
        for group in groups[:limit]:
            why = "<br>".join(
                f"{_cell(each.build)}: {_cell(each.reason)}" for each in group.judgements
            )
            lines.append(
                f"| {group.kind} | {_cell(group.name)} | {_cell(_version(group))} "
                f"| {len(group.ids)} | {_cell(_ids(group.ids, limit))} | {why} |"
            )
        lines += [f"| | {line} | | | | |" for line in _rest(groups, limit, "")]
    return "\n".join(lines) + "\n"


def as_data(summary: Summary) -> dict[str, object]:
    """Return everything, with every id, as JSON can hold it."""
    return {
        "in_flight": summary.count,
        "stranded": summary.stranded,
        "builds": [
            {"build": each.label, "application_version": each.application_version}
            for each in summary.builds
        ],
        "groups": [
            {
                "workflow": group.name,
                "application_version": group.application_version,
                "workflow_version": group.workflow_version,
                "begun": group.begun,
                "verdict": group.kind,
                "stranded": group.is_stranded,
                "builds": [
                    {"build": each.build, "verdict": each.kind, "reason": each.reason}
                    for each in group.judgements
                ],
                "ids": group.ids,
            }
            for group in summary.groups
        ],
    }


def as_json(summary: Summary) -> str:
    """Return `as_data` as text."""
    return json.dumps(as_data(summary), indent=2) + "\n"


def _by_kind(summary: Summary) -> Iterator[tuple[str, Sequence[Group]]]:
    for kind in HEADLINES:
        groups = [each for each in summary.groups if each.kind == kind]
        if groups:
            yield kind, groups


def _described(group: Group) -> str:
    state = "" if group.begun else " that has not begun"
    return f"of {group.name!r}{state} ({_version(group)})"


def _version(group: Group) -> str:
    if group.workflow_version is not None:
        return group.workflow_version
    if group.application_version is None:
        return "of any version"
    return f"application version {group.application_version}"


def _ids(ids: Sequence[str], limit: int) -> str:
    shown = ", ".join(ids[:limit])
    return shown if len(ids) <= limit else f"{shown}, {CUT}"


def _rest(groups: Sequence[Group], limit: int, indent: str) -> Iterator[str]:
    if len(groups) > limit:
        yield (
            f"{indent}{CUT} and {_number(groups[limit:])} in {len(groups) - limit} further groups"
        )


def _number(groups: Sequence[Group]) -> str:
    return counted(sum(len(each.ids) for each in groups), "workflow")


def _cell(text: str) -> str:
    """Text as a cell of a table shows it: nothing in it is taken for a mark or a tag."""
    safe = plain(text).replace("\\", "\\\\").replace("&", "&amp;").replace("<", "&lt;")
    for mark in "|`*_[]":
        safe = safe.replace(mark, f"\\{mark}")
    return safe.replace("\n", " ")
