"""Comments that silence findings: `# dbos: ignore[DBS101] reason` and `# noqa: DBS101`.

In: the text of a file. Out: the suppressions in it and the lines each one covers. Never does:
decide what is a finding. A comment behind code covers that statement's line; a comment alone on its
line covers the next line of code; a comment on a `def` or `class` line covers the whole body.
"""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass

_MARK = re.compile(
    r"#\s*(?:dbos:\s*ignore(?:\[(?P<own>[^\]]*)\])?"
    r"|noqa(?P<colon>\s*:\s*(?P<codes>[A-Z][A-Z0-9, \t]*))?)"
    r"(?P<reason>.*)$",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Z]+[0-9]+")


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment that silences findings on `line`. No codes means all of them."""

    line: int
    comment_line: int
    codes: frozenset[str]
    reason: str

    def covers(self, code: str) -> bool:
        """Whether a finding with this code is silenced on the lines that this one covers."""
        return not self.codes or code in self.codes


def collect(text: str) -> tuple[Suppression, ...]:
    """Every suppression comment in the text, in order; strings that look like one are no comments.

    A text that the tokenizer refuses has none.
    """
    lowered = text.lower() if "#" in text else ""
    if "noqa" not in lowered and "dbos:" not in lowered:
        return ()
    found: list[Suppression] = []
    pending: list[tuple[int, frozenset[str], str]] = []
    on_code_line = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                mark = _MARK.search(token.string)
                if mark is None:
                    continue
                codes, reason, line = _codes(mark), mark["reason"].strip(), token.start[0]
                if codes is None:
                    continue
                if on_code_line == line:
                    found.append(Suppression(line, line, codes, reason))
                else:
                    pending.append((line, codes, reason))
            elif token.type not in _LAYOUT:
                start = token.start[0]
                found.extend(Suppression(start, line, codes, why) for line, codes, why in pending)
                pending.clear()
                on_code_line = token.end[0]
    except (tokenize.TokenError, SyntaxError, ValueError):
        return tuple(found)
    return tuple(found)


_LAYOUT = frozenset(
    {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)


def _codes(mark: re.Match[str]) -> frozenset[str] | None:
    """The codes a comment names: empty for all, None when it names only other tools' codes."""
    listed = mark["own"] if mark["own"] is not None else mark["codes"]
    if listed is None:
        return frozenset()
    codes = frozenset(_CODE.findall(listed.upper()))
    ours = frozenset(code for code in codes if code.startswith("DBS"))
    return ours or None
