"""shared-result: a step returns an object that is changed elsewhere.

In: the analysed program. Out: the findings of DBS855. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import partial

from dbos_build.analysis.program import Program
from dbos_build.analysis.texts import assigned_to, changed_attributes
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation, Boundary
from dbos_build.interpreter.names import parameters
from dbos_build.interpreter.values import NOTHING, ExternalInstance, Mapping, Sequence
from dbos_build.names.symbols import Function, all_functions, class_members
from dbos_build.rules.looks import kept
from dbos_build.rules.rule import Rule, once
from dbos_build.rules.state import changed_names
from dbos_build.syntax import own, parents_of

_CONTAINERS = frozenset({"builtins.list", "builtins.dict", "builtins.set", "builtins.bytearray"})
_KINDS = frozenset({"list", "set"})
_NAMES_MAX = 8


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Return statements of steps that give a shared container away."""

    def found() -> Iterator[Finding]:
        for item in (*program.steps, *program.transactions):
            function = item.entity
            if not isinstance(function, Function) or isinstance(function.node, ast.Lambda):
                continue
            activation = program.reaches[function].reached[0].activation
            if activation.function is not function:
                continue
            for node, named in kept(activation, "given away", partial(_given, activation)):
                what = _shared(program, activation, function, named)
                if what is not None:
                    message = f"`{what}` is changed elsewhere, and given away here; copy it"
                    yield rule.finding(item.path, node, message)

    return once(found())


def _given(activation: Activation) -> list[tuple[ast.Return, ast.expr]]:
    """The return statements that give away a container that has a name, with the name."""
    function = activation.function
    assert function is not None
    found: list[tuple[ast.Return, ast.expr]] = []
    for node in own(function.node, ast.Return):
        if node.value is not None and _is_container(activation, node.value):
            named = _named(function, node.value)
            if named is not None and _is_container(activation, named):
                found.append((node, named))
    return found


def _named(function: Function, node: ast.expr) -> ast.expr | None:
    """The variable or attribute behind an expression, through local names that stand for it."""
    for _ in range(_NAMES_MAX):
        if not isinstance(node, ast.Name):
            return node if isinstance(node, ast.Attribute) else None
        sources = assigned_to(function.node, node.id)
        if not sources:
            return node
        (source, *more) = sources
        if more or source is None:
            return None
        node = source
    return None


def _shared(
    program: Program, activation: Activation, function: Function, node: ast.expr
) -> str | None:
    """What an expression names, when it is a container that something else changes."""
    arguments = [argument.arg for argument in parameters(function.node)]
    match node:
        case ast.Name(id=name) if name in arguments:
            is_changed = name in changed_names(function.node)
            return name if is_changed and not _is_taken_back(program, function) else None
        case ast.Name(id=name) if node in activation.globals_read:
            return name if _is_changed(program, activation, node) else None
        case ast.Attribute(value=ast.Name() as holder) if holder in activation.globals_read:
            is_changed = _is_changed(program, activation, holder)
            return f"{holder.id}.{node.attr}" if is_changed else None
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            owner = function.owner
            if owner is None or not arguments or name != arguments[0]:
                return None
            methods = (member for member in class_members(owner) if isinstance(member, Function))
            if any(
                attribute in changed_attributes(method.node)
                for method in methods
                if method.name != "__init__"
            ):
                return f"{name}.{attribute}"
    return None


def _is_changed(program: Program, activation: Activation, node: ast.Name) -> bool:
    """Whether some function of its module changes what a module variable holds."""
    path, variable = activation.globals_read[node]
    scope = program.engine.symbols.scopes.get(path)
    return scope is not None and any(
        variable in changed_names(each.node) for each in all_functions(scope)
    )


def _is_container(activation: Activation, node: ast.expr) -> bool:
    """Whether an expression may be a list, dict or set."""
    return any(
        isinstance(atom, Mapping)
        or (isinstance(atom, Sequence) and atom.kind in _KINDS)
        or (isinstance(atom, ExternalInstance) and atom.type in _CONTAINERS)
        for atom in activation.values.get(node, NOTHING).atoms
    )


def _is_taken_back(program: Program, function: Function) -> bool:
    """Whether every caller replaces what it passed by the result: `state = step(state)`."""
    seen = False
    for activation in program.engine.all_activations():
        for node, targets in activation.calls.items():
            if not any(isinstance(t, Boundary) and t.function is function for t in targets):
                continue
            if not isinstance(node, ast.Call) or activation.function is None:
                return False
            seen = True
            passed = {argument.id for argument in node.args if isinstance(argument, ast.Name)}
            holder = parents_of(activation.function.node).get(node)
            if isinstance(holder, ast.Await):
                holder = parents_of(activation.function.node).get(holder)
            targets_of = holder.targets if isinstance(holder, ast.Assign) else []
            if not any(isinstance(t, ast.Name) and t.id in passed for t in targets_of):
                return False
    return seen


RULE = Rule(
    code="DBS855",
    name="shared-result",
    severity=Severity.WARNING,
    summary="a step returns an object that is changed elsewhere",
    why=(
        "The first run goes on with the object itself, which others change; a replay goes on with "
        "the copy that was recorded. The two soon differ."
    ),
    instead="Return a copy: list(...), dict(...), set(...).",
    bad=(
        """\
from dbos import DBOS

SEEN: list[str] = []


def note(name: str) -> None:
    SEEN.append(name)


@DBOS.step()
def seen() -> list[str]:
    return SEEN  # flags: DBS855
""",
    ),
    good=(
        """\
from dbos import DBOS

SEEN: list[str] = []


def note(name: str) -> None:
    SEEN.append(name)


@DBOS.step()
def seen() -> list[str]:
    return list(SEEN)
""",
    ),
    check=check,
)
