"""Fix of comments: drop-suppression.

In: a draft and a finding at a comment that silences nothing. Out: a change. Never does: touch a
code of another tool, or a comment that stands before the suppression in the same line.
"""

from __future__ import annotations

import re

from dbos_build.findings import Finding
from dbos_build.fixes.change import Change, Edit, Unfixable
from dbos_build.fixes.draft import Draft

_CODE = re.compile(r"DBS\d+")
_LIST = re.compile(
    r"#\s*(?:dbos:\s*ignore\[(?P<own>[^\]]*)\]"
    r"|noqa\s*:\s*(?P<other>[A-Z]+\d+(?:[ \t,]+[A-Z]+\d+)*))",
    re.IGNORECASE,
)


def drop_suppression(draft: Draft, finding: Finding) -> Change:
    """Take the codes that silence nothing out of a comment; without codes left, the comment."""
    start = draft.offset(finding.line, finding.column - 1)
    end = draft.offset(finding.end_line, finding.end_column - 1)
    comment = draft.text[start:end]
    if not comment.startswith("#"):
        raise Unfixable("the code is not what the rule saw")
    idle = set(_CODE.findall(finding.message))
    listed = _LIST.match(comment)
    if listed is not None and idle:
        kind = "own" if listed["own"] is not None else "other"
        codes = [code.strip() for code in re.split(r"[\s,]+", listed[kind]) if code.strip()]
        kept = [code for code in codes if code.upper() not in idle]
        if kept:
            first = start + listed.start(kind)
            return Change((Edit(first, start + listed.end(kind), ", ".join(kept)),))
    line = draft.line_start(start)
    before = draft.text[line:start]
    if before.strip():
        return Change((Edit(line + len(before.rstrip()), end, ""),))
    rest = re.compile(r"[ \t]*(\r\n|\r|\n)?").match(draft.text, end)
    return Change((Edit(line, rest.end() if rest is not None else end, ""),))
