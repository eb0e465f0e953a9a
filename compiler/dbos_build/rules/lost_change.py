"""lost-change: a step changes an object that its workflow reads afterwards.

In: the analysed program. Out: the findings of DBS605. Never does: flag a change that nobody reads,
or one that the step also returns under the same name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation, Boundary
from dbos_build.interpreter.values import NOTHING, Constant, ExternalInstance
from dbos_build.names.symbols import Function
from dbos_build.rules.changing import Parts, changes
from dbos_build.rules.looks import per_activation
from dbos_build.rules.reading import is_read_after, step_arguments
from dbos_build.rules.rule import Rule, noted
from dbos_build.syntax import every

_IMMUTABLE = frozenset(
    f"builtins.{name}"
    for name in ("int", "float", "complex", "bool", "str", "bytes", "tuple", "frozenset")
)


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Steps whose changes of an argument or a variable around them are read afterwards."""
    changed: dict[Function, Parts] = {}

    def judge(activation: Activation, node: ast.Call, target: Boundary) -> str | None:
        step = target.function
        assert step is not None
        if step not in changed:
            changed[step] = changes(activation.returns.engine, step)
        name = next(_lost(activation, node, step, changed[step]), None)
        if name is None:
            return None
        return (
            f"what this {target.kind} changes in `{name}` is lost on recovery, when it "
            "does not run again; return it instead"
        )

    return noted(rule, program, ("workflow",), _steps, judge)


@per_activation("step", "transaction")
def _steps(activation: Activation) -> Iterator[tuple[ast.Call, Boundary]]:
    """The calls of steps in one function, with what is called."""
    for node, targets in activation.calls.items():
        if not isinstance(node, ast.Call):
            continue
        for target in targets:
            if not isinstance(target, Boundary) or target.kind not in {"step", "transaction"}:
                continue
            step = target.function
            if step is not None and not isinstance(step.node, ast.Lambda):
                yield node, target


def _lost(activation: Activation, node: ast.Call, step: Function, changed: Parts) -> Iterator[str]:
    """The local variables whose objects a step changes and that are read after it."""
    if not changed or activation.function is None:
        return
    for parameter, argument in step_arguments(activation, node, step):
        parts = changed.get(parameter)
        if not parts or not isinstance(argument, ast.Name):
            continue
        is_read = is_read_after(activation.function, argument.id, node, parts)
        if is_read and _is_mutable(activation, argument):
            yield argument.id
    if step.parent is activation.function:
        for name, parts in changed.items():
            if name not in _bound(step) and is_read_after(activation.function, name, node, parts):
                yield name


def _bound(step: Function) -> set[str]:
    """The names that a step binds itself."""
    node = step.node.args
    arguments = (*node.posonlyargs, *node.args, *node.kwonlyargs, node.vararg, node.kwarg)
    names = {argument.arg for argument in arguments if argument is not None}
    for part in every(step.node, ast.Name):
        if isinstance(part.ctx, ast.Store):
            names.add(part.id)
    return names


def _is_mutable(activation: Activation, argument: ast.expr) -> bool:
    """Whether an argument may be an object that can be changed."""
    atoms = activation.values.get(argument, NOTHING).atoms
    return not atoms or not all(
        isinstance(atom, Constant)
        or (isinstance(atom, ExternalInstance) and atom.type in _IMMUTABLE)
        for atom in atoms
    )


RULE = Rule(
    code="DBS605",
    name="lost-change",
    severity=Severity.ERROR,
    summary="a step changes an object that its workflow reads afterwards",
    why=(
        "A recovered run takes the step's recorded result and does not run it, so the object "
        "stays as it was before the step."
    ),
    instead="Return what the step found, and let the workflow put it where it belongs.",
    bad=(
        """\
from dbos import DBOS


@DBOS.step()
def collect(found: list[str], name: str) -> None:
    found.append(name)


@DBOS.workflow()
def checkout(name: str) -> int:
    found: list[str] = []
    collect(found, name)  # flags: DBS605
    return len(found)
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.step()
def collect(name: str) -> str:
    return name.upper()


@DBOS.workflow()
def checkout(name: str) -> int:
    found: list[str] = []
    found.append(collect(name))
    return len(found)
""",
    ),
    check=check,
    looks=(_steps,),
)
