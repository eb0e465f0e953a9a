"""The baseline: findings that are known, and that a check does not report again.

In: findings with the texts they are in, and the text of a baseline file. Out: the findings that are
new, and the entries that no finding answers to any more. Never does: record line numbers, so that
a finding stays known while code around it moves; read or write a file.
"""

from __future__ import annotations

import ast
import json
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from dbos_build.error import ConfigError
from dbos_build.findings import Finding
from dbos_build.parsing import parse_module

FORMAT = 1
NAME = "dbos-build-baseline.json"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """What stays the same of a finding while code moves.

    `function` is the qualified name of the innermost function or class around it, "" outside;
    `snippet` its code with all white space made one blank; `ordinal` counts from 0 among findings
    that agree in everything else.
    """

    path: str
    function: str
    code: str
    snippet: str
    ordinal: int


def entries(findings: Iterable[Finding], texts: Mapping[str, str]) -> list[Entry]:
    """The entry of every finding, in order; `texts` holds the text of each file by path."""
    owners: dict[str, list[tuple[int, int, str]]] = {}
    counts: Counter[tuple[str, str, str, str]] = Counter()
    made = []
    for finding in findings:
        text = texts.get(finding.path, "")
        if finding.path not in owners:
            owners[finding.path] = _spans(text)
        around = [each for each in owners[finding.path] if each[0] <= finding.line <= each[1]]
        function = max(around, key=lambda each: each[0])[2] if around else ""
        lines = text.split("\n")[finding.line - 1 : finding.end_line]
        same = (finding.path, function, finding.code, " ".join(" ".join(lines).split()))
        made.append(Entry(*same, counts[same]))
        counts[same] += 1
    return made


def render(found: Iterable[Entry]) -> str:
    """The text of a baseline file: sorted, one entry after the other, for people to review."""
    rows = [asdict(entry) for entry in sorted(found)]
    return json.dumps({"format": FORMAT, "findings": rows}, indent=2, sort_keys=True) + "\n"


def read(text: str, origin: str) -> frozenset[Entry]:
    """The entries of a baseline file; raises ConfigError, which names `origin`, for other texts."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as failure:
        raise ConfigError(f"{origin}: is not a baseline: {failure}") from failure
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ConfigError(f"{origin}: is not a baseline of format {FORMAT}; write it anew")
    rows = document.get("findings")
    return frozenset(_entry(row, origin) for row in (rows if isinstance(rows, list) else [None]))


def sift(
    findings: Sequence[Finding], texts: Mapping[str, str], known: frozenset[Entry]
) -> tuple[list[Finding], frozenset[Entry]]:
    """The findings that are not known, and the known entries that none of them answers to."""
    found = entries(findings, texts)
    fresh = [finding for finding, entry in zip(findings, found, strict=True) if entry not in known]
    return fresh, known.difference(found)


def _spans(text: str) -> list[tuple[int, int, str]]:
    """(first line, last line, qualified name) of every function and class of a text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = parse_module(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found: list[tuple[int, int, str]] = []
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting:
        node, prefix = waiting.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, _FUNCTIONS):
                name = f"{prefix}{child.name}"
                first = min([child.lineno, *(each.lineno for each in child.decorator_list)])
                found.append((first, child.end_lineno or child.lineno, name))
                waiting.append((child, name + "."))
            elif not isinstance(child, ast.expr):
                waiting.append((child, prefix))
    return found


def _entry(row: object, origin: str) -> Entry:
    """One entry; it has exactly the fields that it is written with."""
    match row:
        case {
            "path": str() as path,
            "function": str() as function,
            "code": str() as code,
            "snippet": str() as snippet,
            "ordinal": int() as ordinal,
        }:
            return Entry(path, function, code, snippet, ordinal)
    raise ConfigError(f"{origin}: holds an entry that is none: {row!r}; write it anew")
