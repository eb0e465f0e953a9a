"""Silencing findings where they are: a comment on each line, for old code that is to be checked.

In: a text and findings in it. Out: the text with suppression comments. Never does: put a comment
into a string or behind a line continuation; change anything but comments.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable

from dbos_build.findings import Finding
from dbos_build.fixes.change import Edit, apply

_LISTED = re.compile(r"#\s*noqa\s*:\s*(?P<codes>[A-Z]+[0-9]+(?:[ \t]*,[ \t]*[A-Z]+[0-9]+)*)", re.I)
_OWN = re.compile(r"#\s*dbos:\s*ignore\[(?P<codes>[^\]]*)\]", re.I)
_LINE = re.compile(r"\r\n|\r|\n")


def suppress(text: str, findings: Iterable[Finding], reason: str = "") -> str:
    """Silence findings by comments: `# noqa: CODE`, or `# dbos: ignore[CODE] reason`.

    A comment of that form that is there already gets the missing codes. Findings of files that
    cannot be parsed stay, since nothing silences them.
    """
    comments, blocked = _layout(text)
    starts = [0, *(match.end() for match in _LINE.finditer(text))]
    codes: dict[int, set[str]] = {}
    for finding in findings:
        if finding.code in ("DBS990", "DBS991") or finding.line > len(starts):
            continue
        line = finding.line
        while line in blocked:
            line += 1
        codes.setdefault(line, set()).add(finding.code)
    edits = []
    for line, wanted in codes.items():
        end = starts[line] if line < len(starts) else len(text)
        end -= len(text[starts[line - 1] : end]) - len(text[starts[line - 1] : end].rstrip())
        edits.append(_edit(text, comments.get(line), starts[line - 1], end, wanted, reason))
    return apply(text, edits)


def _edit(
    text: str, comment: int | None, start: int, end: int, wanted: set[str], reason: str
) -> Edit:
    """Put codes into the comment at a column of a line, or behind the line."""
    if comment is not None:
        for form in (_OWN, _LISTED):
            mark = form.search(text, start + comment, end)
            if mark is not None:
                known = {code.strip().upper() for code in mark["codes"].split(",")} - {""}
                listed = ", ".join(sorted(known | wanted))
                return Edit(mark.start("codes"), mark.end("codes"), listed)
    listed = ", ".join(sorted(wanted))
    if reason:
        return Edit(end, end, f"  # dbos: ignore[{listed}] {' '.join(reason.split())}")
    return Edit(end, end, f"  # noqa: {listed}")


def _layout(text: str) -> tuple[dict[int, int], frozenset[int]]:
    """Line → column of its comment, and the lines whose end is inside a string or continued."""
    comments: dict[int, int] = {}
    blocked: set[int] = set()
    opened: list[int] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline=None).readline):
            name = tokenize.tok_name[token.type]
            if token.type == tokenize.COMMENT:
                comments[token.start[0]] = token.start[1]
            elif name == "FSTRING_START":
                opened.append(token.start[0])
            elif name == "FSTRING_END":
                blocked.update(range(opened.pop(), token.end[0]))
            elif token.type == tokenize.STRING:
                blocked.update(range(token.start[0], token.end[0]))
    except (tokenize.TokenError, SyntaxError, IndexError):
        pass
    for number, line in enumerate(_LINE.split(text), start=1):
        if line.endswith("\\") and number not in comments:
            blocked.add(number)
    return comments, frozenset(blocked)
