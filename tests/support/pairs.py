"""Pairs of programs: what a workflow was, and what somebody made of it.

In: Markdown files. Out: one `Pair` per second-level heading, with both programs as texts.

A heading says what an execution must show and what was changed: `## safe: rename a local variable`,
`## breaking: …`, or `## patched: …` for a change under `DBOS.patch`, which must be safe, too. Then
come words for people, and one paragraph `Runs: checkout(3); checkout(12) with "yes"`: how the
workflow is called, and which messages wait for it. The programs stand in one block per file, with
the lines of the old program marked `-` and those of the new one `+`. The first Python block of a
file, before all headings, goes before every `main.py` of it.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "compiler" / "diff" / "pairs"
LABELS = ("safe", "breaking", "patched")
_HEADING = re.compile(r"^## (\w+): (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```diff(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_RUN = re.compile(r"^(?P<call>.+?\))(?: with (?P<messages>.+))?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Run:
    """One call of a workflow, and the messages that wait for it from the beginning."""

    workflow: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two programs by file name, and how their workflow is called."""

    file: str
    line: int
    label: str
    title: str
    old: dict[str, str]
    new: dict[str, str]
    runs: tuple[Run, ...]

    @property
    def workflow(self) -> str:
        """The workflow that is judged."""
        return self.runs[0].workflow

    @property
    def is_safe(self) -> bool:
        """Whether every execution of the old program must go on in the new one."""
        return self.label != "breaking"

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.label}: {self.title}"


def read_all() -> tuple[Pair, ...]:
    """Every pair there is, by file and line."""
    return tuple(pair for path in sorted(FOLDER.glob("*.md")) for pair in read(path))


def read(path: Path) -> tuple[Pair, ...]:
    """The pairs of one file."""
    text = path.read_text(encoding="utf-8")
    headings = list(_HEADING.finditer(text))
    first = re.search(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    prelude = first[1] if first and first.start() < headings[0].start() else ""
    ends = [each.start() for each in headings[1:]] + [len(text)]
    made = []
    for heading, end in zip(headings, ends, strict=True):
        line = text.count("\n", 0, heading.start()) + 1
        label, title = heading.groups()
        assert label in LABELS, f"{path.name}:{line}: no label {label!r}"
        body = text[heading.end() : end]
        old, new = _programs(body, prelude)
        assert old != new, f"{path.name}:{line}: both programs are the same"
        made.append(
            Pair(
                file=path.name,
                line=line,
                label=label,
                title=title,
                old=old,
                new=new,
                runs=_runs(body, f"{path.name}:{line}"),
            )
        )
    return tuple(made)


def _programs(body: str, prelude: str) -> tuple[dict[str, str], dict[str, str]]:
    """The files of the old and of the new program."""
    old: dict[str, str] = {}
    new: dict[str, str] = {}
    for name, block in _BLOCK.findall(body):
        file = name or "main.py"
        start = prelude if file == "main.py" else ""
        lines = block.splitlines(keepends=True)
        for files, other in ((old, "+"), (new, "-")):
            kept = [line[1:] or "\n" for line in lines if not line.startswith(other)]
            if kept:
                files[file] = start + "".join(kept)
    return old, new


def _runs(body: str, place: str) -> tuple[Run, ...]:
    """The calls of the paragraph that begins with `Runs:`."""
    found = re.search(r"^Runs: (.+?)(?:\n\n|\n```)", body, re.MULTILINE | re.DOTALL)
    assert found, f"{place}: does not say how the workflow is called"
    runs = []
    for text in found[1].split(";"):
        parts = _RUN.match(" ".join(text.split()))
        assert parts, f"{place}: {text!r} is no call"
        call = ast.parse(parts["call"], mode="eval").body
        assert isinstance(call, ast.Call), f"{place}: {text!r} is no call"
        messages = ast.literal_eval(f"({parts['messages']},)") if parts["messages"] else ()
        runs.append(
            Run(
                workflow=ast.unparse(call.func),
                args=tuple(ast.literal_eval(each) for each in call.args),
                kwargs={str(each.arg): ast.literal_eval(each.value) for each in call.keywords},
                messages=messages,
            )
        )
    return tuple(runs)
