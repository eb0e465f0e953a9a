"""Flows of small programs, and what comparing two of them says.

In: the body of a workflow, or whole modules. Out: its flow, and the verdict of a change. The
programs share a head that declares steps, a child workflow and a queue.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent

from dbos_build import flow
from dbos_build.diff.comparing import Verdict, compare
from dbos_build.flow import Flow
from support.programs import analysed

_BLOCK = re.compile(r"^```python( async)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEAD = """
import asyncio
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from dbos import DBOS, Queue, SetWorkflowID

queue = Queue("work")


@DBOS.step()
def a(*given):
    return given


@DBOS.step()
def b(*given):
    return given


@DBOS.step(name="named")
def c(*given):
    return given


@DBOS.step()
async def first(*given):
    return given


@DBOS.step()
async def second(*given):
    return given


@DBOS.workflow()
def child(*given):
    return a(*given)
"""


def flow_of(module: str, name: str = "main") -> Flow:
    """The flow of a workflow in a module that begins with the head."""
    program = analysed({"app.py": f"{HEAD}\n{dedent(module)}"})
    return flow.build(program, next(each for each in program.workflows if each.name == name))


def sync(body: str, *, before: str = "", parameters: str = "x, y=1") -> str:
    """A module with one workflow of this body."""
    return (
        f"{dedent(before)}\n@DBOS.workflow()\ndef main({parameters}):\n"
        f"{indent(dedent(body).strip(), '    ')}\n"
    )


def coroutine(body: str, *, before: str = "", parameters: str = "x, y=1") -> str:
    """The same for a coroutine."""
    return sync(body, before=before, parameters=parameters).replace("def main(", "async def main(")


def verdict(old: str, new: str, *, every_branch: bool = False) -> Verdict:
    """What the change of one module to another does to `main`."""
    return compare(flow_of(old), flow_of(new), every_branch=every_branch)


def kinds(module: str) -> list[str]:
    """The kinds of the nodes of `main`, in their order."""
    return [node.kind for node in flow_of(module).nodes]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a workflow: what the judge must say of it, and both modules."""

    expected: str
    title: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.expected}: {self.title}"


def changes(path: Path) -> list[Change]:
    """The changes in a Markdown file: a heading each, then the old and the new workflow."""
    found = []
    for part in path.read_text(encoding="utf-8").split("\n## ")[1:]:
        heading, _, rest = part.partition("\n")
        expected, _, title = heading.partition(": ")
        old, new = (_module(kind, block) for kind, block in _BLOCK.findall(rest))
        found.append(Change(expected, title, old, new))
    return found


def _module(kind: str, block: str) -> str:
    before, dashes, body = block.rpartition("# ----\n")
    make = coroutine if kind else sync
    return make(body, before=before if dashes else "")
