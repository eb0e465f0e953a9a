"""changing-state: a workflow reads state of a module that other code changes.

In: the analysed program. Out: the findings of DBS603. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.program import Program
from dbos_build.analysis.references import constant_of
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.interpreter.names import local_names
from dbos_build.interpreter.values import (
    NOTHING,
    BoundMethod,
    ClassRef,
    Durable,
    External,
    ExternalInstance,
    FunctionRef,
)
from dbos_build.names.symbols import Function, Scope, Symbols, all_classes, all_functions
from dbos_build.nodes import called_names, every
from dbos_build.rules.looks import kept, per_activation
from dbos_build.rules.rule import Rule, noted
from dbos_build.rules.state import changed_names
from dbos_build.syntax import walk

_AT_IMPORT = frozenset({"__init_subclass__", "__set_name__"})
"""Methods that run while classes are made, when nothing durable runs yet."""

_BEFORE_WORK = frozenset({"register", "unregister"})
_IN_TESTS = ("for_tests", "for_testing")
_CODE = frozenset({"Callable", "Type", "type"})

_METHODS = (BoundMethod, Durable, FunctionRef)

_OWN_RULE = frozenset({"threading.local", "contextvars.ContextVar"})


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Reads of module variables that functions outside of workflows change."""
    changed = _changed(program)
    if not changed:
        return []

    origins: dict[tuple[str, str], tuple[str, str]] = {}

    def judge(activation: Activation, node: ast.AST, variable: tuple[str, str]) -> str | None:
        if variable not in origins:
            origins[variable] = _origin(program, *variable)
        by = changed.get(origins[variable])
        return f"`{variable[1]}` is changed by `{by}` while workflows read it" if by else None

    return noted(rule, program, ("workflow",), _read, judge)


@per_activation()
def _read(activation: Activation) -> Iterator[tuple[ast.AST, tuple[str, str]]]:
    """The module variables that one function reads: where, and which."""
    written: set[ast.AST] | None = None
    for node, variable in activation.globals_read.items():
        atoms = activation.values.get(node, NOTHING).atoms
        if any(isinstance(a, ExternalInstance) and a.type in _OWN_RULE for a in atoms):
            continue
        if atoms and all(isinstance(a, External) for a in atoms):
            continue  # a name of a library; what it does is in the tables
        if written is None:
            written = _written(activation)
        if node not in written and not _is_run(activation, node):
            yield node, variable


def _is_run(activation: Activation, node: ast.AST) -> bool:
    """Whether a class is named for what it does: to make an object, or to call a method of it."""
    function, values = activation.function, activation.values
    atoms = values.get(node, NOTHING).atoms
    if function is None or not atoms or not all(isinstance(a, ClassRef) for a in atoms):
        return False
    of_it = [each for each in every(function.node, ast.Attribute) if each.value is node]
    read = [values.get(each, NOTHING).atoms for each in of_it]
    return all(found and all(isinstance(a, _METHODS) for a in found) for found in read)


def _written(activation: Activation) -> set[ast.AST]:
    """The nodes below which this function itself changes something."""
    return {part for store in activation.stores for part in walk(store.node)}


def _origin(program: Program, path: str, name: str) -> tuple[str, str]:
    """The module and name under which a variable is first assigned."""
    module = program.engine.symbols.scopes[path].module
    constant = constant_of(program.engine, module, name)
    return (constant.module.path, constant.name) if constant is not None else (path, name)


def _changed(program: Program) -> dict[tuple[str, str], str]:
    """Module variables that functions change, with the name of one such function.

    Functions that workflows run have rules of their own, and decorators run at import.
    """
    engine = program.engine
    inside = {
        activation.function
        for reach in program.reaches.values()
        if reach.declaration.kind == "workflow"
        for activation in reach.activations()
    }
    found: dict[tuple[str, str], str] = {}
    paths = sorted(
        {
            activation.module.path
            for reach in program.reaches.values()
            for activation in reach.activations()
        }
    )
    names = {name for path in paths for name in engine.symbols.scopes[path].imports}
    at_import: set[str] | None = None
    for scope in engine.symbols.scopes.values():
        if scope.module.path not in paths and scope.module.name not in names:
            continue
        module = engine.module_activation(scope.module)
        known: dict[Function, list[str]] = kept(module, "changed variables", dict)
        for function in all_functions(scope):
            if function in inside or function in engine.registrars or _sets_up(function):
                continue
            if function not in known:
                known[function] = _changed_by(program, scope, function)
            if not known[function]:
                continue
            if at_import is None:
                at_import = _decorators(engine.symbols) | _AT_IMPORT
            if _outermost(function).name in at_import:
                continue
            for name in known[function]:
                place = _origin(program, scope.module.path, name)
                if not _holds_code(program, place):
                    found.setdefault(place, function.qualname)
    return found


def _changed_by(program: Program, scope: Scope, function: Function) -> list[str]:
    """The variables of its module that a function changes."""
    changed = changed_names(function.node)
    known = local_names(program.engine, function)
    if known.globals:
        changed |= known.globals - _restored(program, scope, function)
    return sorted(changed & scope.bindings.keys() - known.local)


def _sets_up(function: Function) -> bool:
    """Whether a function says that it runs before the first workflow, or in tests only."""
    name = function.name.strip("_")
    return name.partition("_")[0] in _BEFORE_WORK or name.endswith(_IN_TESTS)


def _assignments(program: Program, path: str, name: str) -> list[ast.AST]:
    """The statements that bind a module variable, wherever it is imported from."""
    module = program.engine.symbols.scopes[path].module
    constant = constant_of(program.engine, module, name)
    return [] if constant is None else list(constant.nodes)


def _restored(program: Program, scope: Scope, function: Function) -> set[str]:
    """The variables that a function only gives back the value which they have at import."""
    written: dict[str, list[str]] = {}
    for node in every(function.node, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr):
        value = getattr(node, "value", None)
        is_plain = isinstance(node, ast.Assign | ast.AnnAssign) and value is not None
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            for name in every(target, ast.Name):
                is_whole = is_plain and name is target
                written.setdefault(name.id, []).append(
                    ast.dump(value) if value and is_whole else ""
                )
    return {
        name
        for name, values in written.items()
        for initial in [_initial(_assignments(program, scope.module.path, name))]
        if initial and all(value == initial for value in values)
    }


def _initial(assignments: list[ast.AST]) -> str:
    """The constant that a module variable is bound to, as text; empty when it is none."""
    found = {
        ast.dump(value)
        for node in assignments
        for value in [getattr(node, "value", None)]
        if isinstance(value, ast.Constant)
    }
    return found.pop() if len(found) == 1 and len(assignments) == 1 else ""


def _holds_code(program: Program, place: tuple[str, str]) -> bool:
    """Whether a variable is declared to hold functions or classes: those come at import."""
    path, name = place
    return any(
        _is_code(program, path, node.annotation)
        for node in _assignments(program, path, name)
        if isinstance(node, ast.AnnAssign)
    )


def _is_code(program: Program, path: str, annotation: ast.AST, depth: int = 3) -> bool:
    """Whether an annotation tells of functions or classes, perhaps by an alias."""
    for part in every(annotation, ast.Name, ast.Attribute):
        if getattr(part, "id", getattr(part, "attr", "")) in _CODE:
            return True
        if depth and isinstance(part, ast.Name):
            aliased = [getattr(n, "value", None) for n in _assignments(program, path, part.id)]
            if any(a is not None and _is_code(program, path, a, depth - 1) for a in aliased):
                return True
    return False


def _outermost(function: Function) -> Function:
    """The function at the top of a module or class that holds this one, or this one itself."""
    while function.parent is not None:
        function = function.parent
    return function


def _decorators(symbols: Symbols) -> set[str]:
    """The names of decorators in a project, and of what only decorators call: they run at import.

    A function that has no caller here is not among them: somebody may call it at any time.
    """
    found: set[str] = set()
    callers: dict[str, set[str]] = {}
    for scope in symbols.scopes.values():
        for function in all_functions(scope):
            found.update(_named(decorator) for decorator in function.decorators)
            for name in called_names(function.node):
                callers.setdefault(name, set()).add(function.name)
        for owner in all_classes(scope.classes):
            found.update(_named(decorator) for decorator in owner.node.decorator_list)
    waiting = [name for name, by in callers.items() if by & found]
    while waiting:
        name = waiting.pop()
        if name not in found and callers[name] <= found:
            found.add(name)
            waiting.extend(other for other, by in callers.items() if name in by)
    return found


def _named(decorator: ast.expr) -> str:
    """The last part of the name of a decorator."""
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    return getattr(named, "id", getattr(named, "attr", ""))


RULE = Rule(
    code="DBS603",
    name="changing-state",
    severity=Severity.WARNING,
    summary="a workflow reads state of a module that other code changes",
    why=(
        "What it reads depends on what happened in this process before; a recovered run sees "
        "another state."
    ),
    instead="Read it in a step, or pass it as an argument.",
    bad=(
        """\
from dbos import DBOS

FLAGS: dict[str, bool] = {}


def enable(name: str) -> None:
    FLAGS[name] = True


@DBOS.workflow()
def checkout() -> bool:
    return FLAGS.get("fast", False)  # flags: DBS603
""",
    ),
    good=(
        """\
from dbos import DBOS

FLAGS = {"fast": True}


@DBOS.workflow()
def checkout() -> bool:
    return FLAGS.get("fast", False)
""",
    ),
    check=check,
    looks=(_read,),
)
