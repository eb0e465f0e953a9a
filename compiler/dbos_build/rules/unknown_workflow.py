"""unknown-workflow: a workflow is named, as text, that no workflow is called.

In: the analysed program. Out: the findings of DBS822. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.literals import api_calls, text_argument, text_entry
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.rules.looks import forms, per_activation
from dbos_build.rules.rule import Rule, once
from dbos_build.rules.survey import survey_of
from dbos_build.spelling import unknown_name

_LISTS = frozenset(
    f"dbos.{owner}.{name}"
    for owner in ("DBOS", "DBOSClient")
    for name in ("list_workflows", "list_queued_workflows")
)


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Names of workflows in the options of clients and in filters."""
    known = {declaration.name for declaration in program.workflows}
    if not known or not all(_is_named(item.decorator) for item in program.workflows):
        return ()
    return once(
        rule.finding(activation.module.path, node, unknown_name("workflow", given, known))
        for activation, node, given in survey_of(program, rule.looks).everywhere(_given)
        if given not in known
    )


@per_activation(*forms("dbos.DBOSClient.enqueue", *_LISTS))
def _given(activation: Activation) -> Iterator[tuple[ast.Call, str]]:
    """The calls of one function that name a workflow, with the name."""
    for node, name in api_calls(activation):
        plain = name.removesuffix("_async")
        given = None
        if plain == "dbos.DBOSClient.enqueue":
            given = text_entry(activation, node, 0, "workflow_name")
        elif plain in _LISTS:
            given = text_argument(activation, node, "name")
        if given is not None:
            yield node, given


def _is_named(decorator: ast.AST) -> bool:
    """Whether the name of a workflow is written down, or is that of its function."""
    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
    return all(
        keyword.arg is not None
        and (keyword.arg != "name" or isinstance(keyword.value, ast.Constant))
        for keyword in keywords
    )


RULE = Rule(
    code="DBS822",
    name="unknown-workflow",
    severity=Severity.WARNING,
    summary="a workflow is named, as text, that no workflow is called",
    why=(
        "Nothing runs what was enqueued under a name that no process knows, and a filter by it "
        "finds nothing."
    ),
    instead=(
        "Use the registered name: the name= of the decorator, or the qualified name of the "
        "function."
    ),
    bad=(
        """\
from dbos import DBOS, DBOSClient, Queue

orders = Queue("orders")
client = DBOSClient("sqlite:///shop.sqlite")


@DBOS.workflow()
def process(name: str) -> str:
    return name


def send(name: str) -> None:
    client.enqueue({"workflow_name": "proces", "queue_name": "orders"}, name)  # flags: DBS822
""",
    ),
    good=(
        """\
from dbos import DBOS, DBOSClient, Queue

orders = Queue("orders")
client = DBOSClient("sqlite:///shop.sqlite")


@DBOS.workflow()
def process(name: str) -> str:
    return name


def send(name: str) -> None:
    client.enqueue({"workflow_name": "process", "queue_name": "orders"}, name)
""",
    ),
    check=check,
    looks=(_given,),
    needs_whole=True,
)
