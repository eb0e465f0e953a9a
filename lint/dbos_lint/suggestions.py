"""What can be typed next where only names that exist make sense: codes, queues, keys and topics.

In: a result, the text of a buffer and the number of characters before the cursor. Out: suggestions.
Never does: suggest Python; other servers do that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from dbos_build.analysis.literals import api_calls, argument_of, texts_of
from dbos_build.analysis.program import Program
from dbos_build.analysis.surroundings import program_activations
from dbos_build.flow.operations import operation
from dbos_build.rules import RULES
from dbos_lint.project import Result

_SILENCING = re.compile(r"#\s*(?:dbos:\s*ignore\[|noqa:\s*)[\w\s,]*$", re.IGNORECASE)
_ENTRY = re.compile(r"[\"']queue_name[\"']\s*:\s*[\"'][^\"'\n]*$")
# Strings, comments and brackets: what one must know to tell which call a place is in.
_TOKEN = re.compile(
    r"(?P<whole>\"\"\"(?:\\.|[^\\])*?\"\"\"|\'\'\'(?:\\.|[^\\])*?\'\'\')"
    r"|(?P<text>(?P<quote>\"\"\"|\'\'\'|[\"'])(?:\\.|(?!(?P=quote))[^\\\n])*(?P<end>(?P=quote))?)"
    r"|(?P<comment>#[^\n]*)|(?P<open>[\[({])|(?P<close>[\])}])|(?P<comma>,)"
    r"|(?P<keyword>\b[A-Za-z_]\w*\s*=(?!=))",
    re.DOTALL,
)
_CALLEE = re.compile(r"([A-Za-z_]\w*)\s*$")
_KINDS = {"topic": "topic", "key": "event key", "stream": "stream key"}
NAME_MAX = 100
LENGTH_MAX = 1_000_000
"""So many characters are looked through for the call around a place; more take a second."""
_QUEUE_PARAMETERS = frozenset({"queue_name", "queue"})
# What takes the name of a queue as its first argument.
_QUEUE_CALLS = frozenset({"Queue", "retrieve_queue", "delete_queue", "register_queue"})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word to insert, and what it stands for."""

    text: str
    detail: str


@dataclass(frozen=True, slots=True)
class Argument:
    """A string that is being typed: in a call of what, and as which argument.

    `keyword` is "" for an argument without one; `position` counts from 0.
    """

    callee: str
    position: int
    keyword: str


def at(result: Result, text: str, offset: int) -> Iterator[Suggestion]:
    """The suggestions for a place in a buffer."""
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    if _SILENCING.search(line):
        for rule in sorted(RULES, key=lambda each: each.code):
            yield Suggestion(rule.code, f"{rule.name}: a workflow {rule.summary}")
        return
    if _ENTRY.search(line):
        yield from _queues(result.program)
        return
    argument = argument_at(text, offset) if offset <= LENGTH_MAX else None
    if argument is None:
        return
    verb = argument.callee.removesuffix("_async")
    is_first = not argument.keyword and argument.position == 0
    if argument.keyword in _QUEUE_PARAMETERS or (verb in _QUEUE_CALLS and is_first):
        yield from _queues(result.program)
        return
    kind = _kind_of(verb)
    known = operation(f"dbos.DBOS.{verb}")
    if kind is not None and known is not None:
        named = argument.keyword == known.label if argument.keyword else None
        if named or (named is None and argument.position == known.position):
            for name in _names(result.program).get(kind, ()):
                yield Suggestion(name, _KINDS[kind])


@dataclass(slots=True)
class _Bracket:
    """A bracket that is open: what is called, and the argument that the text has come to."""

    callee: str
    position: int = 0
    keyword: str = ""


def argument_at(text: str, offset: int) -> Argument | None:
    """The argument whose string is open at a place; None where no string of a call is."""
    opened: list[_Bracket] = []
    for token in _TOKEN.finditer(text, 0, offset):
        if token["open"]:
            before = text[max(token.start() - NAME_MAX, 0) : token.start()]
            callee = _CALLEE.search(before) if token["open"] == "(" else None
            opened.append(_Bracket(callee[1] if callee else ""))
        elif token["close"]:
            opened[-1:] = []
        elif not opened:
            continue
        elif token["comma"]:
            opened[-1].position += 1
            opened[-1].keyword = ""
        elif token["keyword"]:
            opened[-1].keyword = token["keyword"].rstrip("= \t\n")
        elif token["text"] and token.end() == offset and not token["end"]:
            call = opened[-1]
            return Argument(call.callee, call.position, call.keyword) if call.callee else None
    return None


def _kind_of(verb: str) -> str | None:
    """What the name is that an operation takes."""
    known = operation(f"dbos.DBOS.{verb}")
    if known is None or known.label not in ("topic", "key"):
        return None
    return "stream" if known.kind.endswith("stream") else known.label


def _queues(program: Program) -> Iterator[Suggestion]:
    """The queues of a program."""
    for name in sorted({queue.name for queue in program.queues}):
        yield Suggestion(name, "queue")


@lru_cache(maxsize=4)
def _names(program: Program) -> dict[str, list[str]]:
    """The topics and keys that a program names in its calls, by kind."""
    found: dict[str, set[str]] = {}
    for activation in program_activations(program):
        for node, name in api_calls(activation):
            verb = name.rpartition(".")[2].removesuffix("_async")
            kind, known = _kind_of(verb), operation(name)
            if kind is None or known is None:
                continue
            given = argument_of(node, known.label, known.position)
            texts = texts_of(activation, given) if given is not None else None
            found.setdefault(kind, set()).update(texts or ())
    return {kind: sorted(names) for kind, names in found.items()}
