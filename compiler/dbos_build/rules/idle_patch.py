"""idle-patch: a patch guards no durable change.

In: the analysed program. Out: the findings of DBS903. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from dbos_build.analysis.literals import api_calls
from dbos_build.findings import Severity
from dbos_build.interpreter.machine import Activation, Enter, Use
from dbos_build.rules.coroutines import is_durable, operations
from dbos_build.rules.looks import per_activation
from dbos_build.rules.patching import ASKING
from dbos_build.rules.rule import Rule, flags_in
from dbos_build.syntax import Parents, every, own_body, parents_of, walk

_LEAVING = (ast.Return, ast.Raise, ast.Break, ast.Continue)


@per_activation(*ASKING, is_local=False)
def _places(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """The patches of one function that guard nothing."""
    calls = [node for node, name in api_calls(activation) if name in ASKING]
    if not calls or activation.function is None:
        return
    parents = parents_of(activation.function.node)
    for node in calls:
        message = _problem(activation, node, parents)
        if message is not None:
            yield node, message


def _problem(activation: Activation, call: ast.Call, parents: Parents) -> str | None:
    """Why a patch guards nothing, if it does not."""
    node: ast.AST = call
    if isinstance(parents.get(node), ast.Await):
        node = parents[node]
    holder = parents.get(node)
    if isinstance(holder, ast.Expr):
        return "the answer of the patch is not used"
    if isinstance(holder, ast.Assign) and isinstance(holder.targets[0], ast.Name):
        uses = _uses(activation, holder.targets[0].id)
        if not uses:
            return "the answer of the patch is not used"
        problems = [_decision(activation, use, parents) for use in uses]
        return problems[0] if all(problem is not None for problem in problems) else None
    if isinstance(holder, ast.Call) and holder is not call:
        targets = activation.calls.get(holder, [])
        if targets and all(_only_logs(target) for target in targets):
            return "the answer of the patch is only logged"
        return None
    return _decision(activation, node, parents)


def _only_logs(target: object) -> bool:
    return isinstance(target, Use) and (
        target.name.startswith(("dbos.DBOS.logger", "logging.")) or "output" in target.effects
    )


def _uses(activation: Activation, name: str) -> list[ast.AST]:
    """Where a local variable is read."""
    assert activation.function is not None
    return [
        part
        for part in every(activation.function.node, ast.Name)
        if part.id == name and isinstance(part.ctx, ast.Load)
    ]


def _decision(activation: Activation, node: ast.AST, parents: Parents) -> str | None:
    """What is wrong with the branch that an answer decides; None when it is something else."""
    holder = parents.get(node)
    is_negated = isinstance(holder, ast.UnaryOp) and isinstance(holder.op, ast.Not)
    if is_negated and holder is not None:
        node, holder = holder, parents.get(holder)
    if isinstance(holder, ast.IfExp) and isinstance(parents.get(holder), ast.Return):
        # The patch may as well be about the result alone.
        arms: list[list[ast.AST]] = [[holder.body], [holder.orelse]]
        return "both branches of the patch do the same" if _are_equal(*arms) else None
    if isinstance(holder, ast.IfExp) and holder.test is node:
        arms = [[holder.body], [holder.orelse]]
    elif isinstance(holder, ast.If) and holder.test is node:
        arms = [list(holder.body), list(holder.orelse)]
    else:
        return None
    if arms[1] and _are_equal(*arms):
        return "both branches of the patch do the same"
    if any(isinstance(part, _LEAVING) for arm in arms for part in _parts(arm)):
        return None
    if not any(_is_durable(activation, arm) for arm in arms):
        return "the patch guards no durable operation"
    if is_negated and not arms[1]:
        return "only what ran before the patch is guarded; nothing new is"
    return None


def _parts(arm: list[ast.AST]) -> Iterator[ast.AST]:
    """What a branch runs itself."""
    for statement in arm:
        if isinstance(statement, ast.stmt):
            yield from own_body(ast.Module([statement], []))


def _are_equal(one: list[ast.AST], other: list[ast.AST]) -> bool:
    return [ast.dump(node) for node in one] == [ast.dump(node) for node in other]


def _is_durable(activation: Activation, arm: list[ast.AST]) -> bool:
    """Whether a branch does something durable, or something that is not understood."""
    for node in (part for statement in arm for part in walk(statement)):
        for target in activation.calls.get(node, ()):
            if is_durable(target):
                return True
            if isinstance(target, Enter):
                if operations(target.activation):
                    return True
            elif not isinstance(target, Use):
                return True
    return False


RULE = Rule(
    code="DBS903",
    name="idle-patch",
    severity=Severity.WARNING,
    summary="a patch guards no durable change",
    why=(
        "A patch costs an entry in the history of every workflow. Without a step or another "
        "durable operation behind it, it decides nothing that replay could see."
    ),
    instead="Guard the new operations with `if DBOS.patch(…)`; keep the old ones in the `else`.",
    bad=(
        """\
from dbos import DBOS


@DBOS.step()
def charge(name: str) -> str:
    return name


@DBOS.workflow()
def checkout(name: str) -> str:
    DBOS.patch("charge-twice")  # flags: DBS903
    return charge(name)
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.step()
def charge(name: str) -> str:
    return name


@DBOS.workflow()
def checkout(name: str) -> str:
    if DBOS.patch("charge-twice"):
        charge(name)
    return charge(name)
""",
    ),
    check=flags_in("workflow"),
    looks=(_places,),
)
