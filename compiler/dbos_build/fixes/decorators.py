"""Fixes of decorators: decorator-order, complete-decorator, allow-retries.

In: a draft and a finding. Out: a change. Never does: change what a decorator says beyond that.
"""

from __future__ import annotations

import libcst as cst

from dbos_build.findings import Finding
from dbos_build.fixes.calls import add_argument
from dbos_build.fixes.change import Change, Edit, Unfixable
from dbos_build.fixes.draft import Draft
from dbos_build.fixes.names import dotted

DURABLE = frozenset({"workflow", "step", "transaction"})
BINDING = frozenset({"classmethod", "staticmethod"})
# Decorators of web frameworks, command lines and schedules: they register what they are given.
REGISTERING = frozenset(
    (
        *("get", "post", "put", "delete", "patch", "head", "options"),
        *("route", "api_route", "websocket", "command", "task", "on"),
        *("scheduled", "kafka_consumer"),
    )
)


def reorder(draft: Draft, finding: Finding) -> Change:
    """Put the durable decorator below those that register or bind what it gives."""
    function = _function(draft, finding)
    decorators = list(function.decorators)
    durable = [each for each in decorators if _rank(each) == 2]
    if not durable:
        raise Unfixable("it has no durable decorator")
    first = decorators.index(durable[0])
    moving = [each for each in decorators[first + 1 :] if _rank(each) < 2]
    if not moving:
        raise Unfixable("its decorators are in order")
    rest = [each for each in decorators if each not in moving]
    outer = [each for each in moving if _rank(each) == 0]
    place = rest.index(durable[0])
    ordered = [*outer, *rest[:place], *(e for e in moving if e not in outer), *rest[place:]]
    edits = []
    for old, new in zip(decorators, ordered, strict=True):
        if old is not new:
            edits.append(Edit(*_lines(draft, old), draft.text[slice(*_lines(draft, new))]))
    return Change(edits=tuple(edits))


def complete(draft: Draft, finding: Finding) -> Change:
    """Write the `@` before a decorator that stands as a statement, and the parentheses behind."""
    for node in draft.nodes:
        match node:
            case cst.Decorator(decorator=expression) if _is_at(draft, finding, expression):
                return Change(edits=_parentheses(draft, expression))
            case cst.Expr(value=expression) if _is_at(draft, finding, expression):
                start = draft.span(expression)[0]
                return Change(edits=(Edit(start, start, "@"), *_parentheses(draft, expression)))
    raise Unfixable("it has to be moved by hand to where recovery finds it")


def _is_at(draft: Draft, finding: Finding, expression: cst.BaseExpression) -> bool:
    """Whether a finding is about exactly this expression, a durable decorator."""
    name = dotted(expression.func if isinstance(expression, cst.Call) else expression)
    place = draft.offset(finding.line, finding.column - 1)
    return name.rpartition(".")[2] in DURABLE and draft.span(expression)[0] == place


def _parentheses(draft: Draft, expression: cst.BaseExpression) -> tuple[Edit, ...]:
    """What calls an expression that is not called."""
    end = draft.span(expression)[1]
    return () if isinstance(expression, cst.Call) else (Edit(end, end, "()"),)


def allow_retries(draft: Draft, finding: Finding) -> Change:
    """Say `retries_allowed=True` where options for retries are given."""
    call = _retrying(draft, finding)
    for argument in call.args:
        if argument.keyword is not None and argument.keyword.value == "retries_allowed":
            raise Unfixable("it says whether to retry already")
    first = draft.span(call.args[0])[0]
    if "\n" in draft.text[draft.span(call.func)[1] : draft.span(call)[1]]:
        return Change(edits=(add_argument(draft, call, "retries_allowed=True"),))
    return Change(edits=(Edit(first, first, "retries_allowed=True, "),))


def _retrying(draft: Draft, finding: Finding) -> cst.Call:
    """The call with options for retries: of the function a finding is about, or at the finding."""
    try:
        decorators = _function(draft, finding).decorators
    except Unfixable:
        decorators = ()
    for decorator in decorators:
        if isinstance(decorator.decorator, cst.Call) and _has_retry_options(decorator.decorator):
            return decorator.decorator
    return draft.locate(finding, cst.Call, _has_retry_options)


def _lines(draft: Draft, decorator: cst.Decorator) -> tuple[int, int]:
    """Where a decorator starts, and where its last line ends, a comment behind it included."""
    start, end = draft.span(decorator)
    behind = draft.text[end:].partition("\n")[0].rstrip("\r")
    return start, end + len(behind)


def _function(draft: Draft, finding: Finding) -> cst.FunctionDef:
    """The decorated function a finding is on, at its name or at one of its decorators."""
    line = finding.line
    for node in draft.nodes:
        if isinstance(node, cst.FunctionDef) and node.decorators:
            first = draft.positions[node.decorators[0]].start.line
            if first <= line <= draft.positions[node.name].start.line:
                return node
    raise Unfixable("the code is not what the rule saw")


def _rank(decorator: cst.Decorator) -> int:
    """0 for what makes a method of a function, 1 for what registers it, 2 durable, 3 other."""
    expression = decorator.decorator
    call = expression if isinstance(expression, cst.Call) else None
    name = dotted(call.func if call else expression)
    word = name.rpartition(".")[2]
    if word in BINDING:
        return 0
    if "." not in name:
        return 3
    if word in DURABLE:
        return 2
    return 1 if call is not None and word in REGISTERING else 3


def _has_retry_options(call: cst.Call) -> bool:
    return any(
        each.keyword is not None
        and each.keyword.value in ("max_attempts", "interval_seconds", "backoff_rate")
        for each in call.args
    )
