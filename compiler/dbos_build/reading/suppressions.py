"""Comments that silence findings: `# dbos: ignore[DBS101] reason` and `# noqa: DBS101`.

In: the text of a file. Out: the suppressions in it and the lines each one covers. Never does:
decide what is a finding. A comment behind code covers that statement's line; a comment alone on its
line covers the next line of code; a comment on a `def` or `class` line covers the whole body.
"""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass, replace

_MARK = re.compile(
    r"#\s*(?:dbos:\s*ignore(?:\[(?P<own>[^\]]*)\])?"
    r"|noqa(?P<colon>\s*:\s*(?P<codes>[A-Z][A-Z0-9, \t]*))?)"
    r"(?P<reason>.*)$",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w.-]+")
_OURS = re.compile(r"DBS[0-9]+")


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment that silences findings on `line`. No codes means all of them.

    `codes` are those of ours that it names, `others` what else stands in the brackets of a comment
    of our own. `column` and `end_column` are those of the comment, in characters from 1.
    """

    line: int
    comment_line: int
    codes: frozenset[str]
    reason: str
    column: int = 1
    end_column: int = 1
    others: tuple[str, ...] = ()
    is_own: bool = False

    @property
    def is_blanket(self) -> bool:
        """Whether it names nothing and so silences everything."""
        return not self.codes and not self.others

    def covers(self, code: str) -> bool:
        """Whether a finding with this code is silenced on the lines that this one covers."""
        return self.is_blanket or code in self.codes


def is_mentioned(text: str) -> bool:
    """Whether a text may have suppression comments; quick, and right when it says no."""
    lowered = text.lower() if "#" in text else ""
    return "noqa" in lowered or "dbos:" in lowered


def collect(text: str) -> tuple[Suppression, ...]:
    """Every suppression comment in the text, in order; strings that look like one are no comments.

    A text that the tokenizer refuses has none.
    """
    if not is_mentioned(text):
        return ()
    found: list[Suppression] = []
    pending: list[Suppression] = []
    on_code_line = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                comment = _read(token)
                if comment is None:
                    continue
                (found if on_code_line == comment.line else pending).append(comment)
            elif token.type not in _LAYOUT:
                found.extend(replace(comment, line=token.start[0]) for comment in pending)
                pending.clear()
                on_code_line = token.end[0]
    except (tokenize.TokenError, SyntaxError, ValueError):
        return tuple(found)
    return tuple(found)


_LAYOUT = frozenset(
    {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)


def _read(token: tokenize.TokenInfo) -> Suppression | None:
    """The suppression a comment is; None for other comments and those for other tools only."""
    mark = _MARK.search(token.string)
    if mark is None:
        return None
    is_own = mark["codes"] is None and mark.group(0).lower().find("noqa") < 0
    listed = mark["own"] if is_own else mark["codes"]
    words = _WORD.findall(listed or "")
    codes = frozenset(word.upper() for word in words if _OURS.fullmatch(word.upper()))
    if words and not codes and not is_own:
        return None
    start = token.start[1] + mark.start()
    line = token.start[0]
    return Suppression(
        line=line,
        comment_line=line,
        codes=codes,
        reason=mark["reason"].strip(),
        column=start + 1,
        end_column=token.end[1] + 1,
        others=tuple(word for word in words if word.upper() not in codes) if is_own else (),
        is_own=is_own,
    )
