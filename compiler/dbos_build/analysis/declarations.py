"""Declarations: which workflows, steps, transactions, queues, schedules and classes there are.

In: the engine and the modules. Out: frozen declarations, found through aliases, wrappers, instances
and the call form of the decorators, because decorators are evaluated, not matched by spelling.
Never does: look into modules that neither import `dbos` nor import one that does.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from dbos_build.analysis.neighbourhood import neighbourhood
from dbos_build.analysis.registration import register
from dbos_build.interpreter.durable import literal_options
from dbos_build.interpreter.engine import Declared, Engine
from dbos_build.interpreter.machine import Activation, Arguments, Boundary, Frame
from dbos_build.interpreter.values import NOTHING, External, Marker
from dbos_build.names.symbols import (
    Class,
    Function,
    Imported,
    Scope,
    all_classes,
    all_functions,
    statements,
)
from dbos_build.nodes import called_names, every
from dbos_build.reading.module import Module

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
QUEUE_PARAMETERS = ("name", "concurrency", "limiter")
_QUEUE_MAKERS = frozenset({"dbos.Queue", "dbos.DBOS.register_queue"})


@dataclass(frozen=True, slots=True)
class Declaration:
    """A durable function or class. `kind` is workflow, step, transaction or class.

    `name` is the registered name. `options` are the decorator's literal keyword arguments.
    `line` and `column` count from 1 and point at the def or class statement.
    """

    kind: str
    name: str
    module: str
    qualname: str
    path: str
    line: int
    column: int
    options: Mapping[str, object]
    is_async: bool
    entity: Function | Class
    decorator: ast.AST

    @property
    def node(self) -> ast.AST:
        """The def or class statement, or the lambda."""
        return self.entity.node


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue; `options` is None when its arguments are not all literals."""

    name: str
    module: str
    path: str
    line: int
    column: int
    options: Mapping[str, object] | None
    node: ast.Call


@dataclass(frozen=True, slots=True)
class Schedule:
    """A cron schedule on a workflow, by the workflow's registered name."""

    workflow: str
    cron: str
    path: str
    line: int
    column: int
    function: Function


@dataclass(frozen=True, slots=True)
class Declarations:
    """All declarations of a program, each sorted by name, path and line."""

    workflows: tuple[Declaration, ...]
    steps: tuple[Declaration, ...]
    transactions: tuple[Declaration, ...]
    classes: tuple[Declaration, ...]
    schedules: tuple[Schedule, ...]
    queues: tuple[Queue, ...]


def discover(engine: Engine) -> Declarations:
    """Evaluate what may declare something, run every durable function, and collect the result."""
    modules = neighbourhood(engine)
    register(engine, modules)
    for scope in modules:
        _declare(engine, scope)
    for scope in modules:
        _run_declaring(engine, scope)
    for declared in list(engine.declared.values()):
        if isinstance(declared.entity, Function):
            engine.root(declared.entity)
    engine.settle()
    return collect(engine)


def collect(engine: Engine) -> Declarations:
    """The declarations the engine has seen."""
    found = [_declaration(each) for each in engine.declared.values()]

    def of_kind(kind: str) -> tuple[Declaration, ...]:
        chosen = [item for item in found if item.kind == kind]
        return tuple(sorted(chosen, key=lambda item: (item.name, item.path, item.line)))

    workflows = of_kind("workflow")
    return Declarations(
        workflows=workflows,
        steps=of_kind("step"),
        transactions=of_kind("transaction"),
        classes=of_kind("class"),
        schedules=_sorted_schedules(engine, workflows),
        queues=_sorted_queues(_queues(engine.all_activations())),
    )


def moved(engine: Engine, before: Declarations, paths: frozenset[str]) -> Declarations:
    """The same declarations after functions of some modules changed: on other lines, perhaps.

    Lines keep their order, and so do the declarations. Queues that functions make may be others.
    """

    def where_they_are(declarations: tuple[Declaration, ...]) -> tuple[Declaration, ...]:
        return tuple(
            replace(each, line=each.node.lineno, column=each.node.col_offset + 1)  # type: ignore[attr-defined]
            if each.path in paths
            else each
            for each in declarations
        )

    workflows = where_they_are(before.workflows)
    here = [each for each in engine.all_activations() if each.module.path in paths]
    queues = [each for each in before.queues if each.path not in paths] + list(_queues(here))
    return Declarations(
        workflows=workflows,
        steps=where_they_are(before.steps),
        transactions=where_they_are(before.transactions),
        classes=where_they_are(before.classes),
        schedules=_sorted_schedules(engine, workflows),
        queues=_sorted_queues(queues),
    )


def _sorted_schedules(engine: Engine, workflows: tuple[Declaration, ...]) -> tuple[Schedule, ...]:
    found = _schedules(engine, workflows)
    return tuple(sorted(found, key=lambda item: (item.workflow, item.path, item.line)))


def _sorted_queues(queues: Iterable[Queue]) -> tuple[Queue, ...]:
    return tuple(sorted(queues, key=lambda item: (item.name, item.path, item.line)))


def _declare(engine: Engine, scope: Scope) -> None:
    """Evaluate everything in a module that can declare something durable."""
    for owner in all_classes(scope.classes):
        if owner.node.decorator_list:
            engine.decorated_class(owner, None)
    for function in all_functions(scope):
        if function.decorators:
            engine.decorated(function, None)
    for name in scope.bindings:
        engine.module_value(scope.module, name, None)
    assert scope.module.tree is not None
    frame = Frame(engine.module_activation(scope.module), {})
    for statement in statements(scope.module.tree.body):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            callee = engine.evaluate(statement.value.func, frame)
            if any(
                isinstance(atom, Marker)
                or (isinstance(atom, External) and atom.name in _QUEUE_MAKERS)
                for atom in callee.atoms
            ):
                engine.evaluate(statement.value, frame)


def _run_declaring(engine: Engine, scope: Scope) -> None:
    """Run the plain functions of a module that may declare something themselves."""
    aliases = _own_names(scope)
    for function in all_functions(scope):
        if _declares_inside(function.node, aliases) and not _decorates(engine, function):
            engine.root(function)


def may_declare(node: ast.AST, scope: Scope) -> bool:
    """Whether a function of a module has to be run for what it may declare."""
    return _declares_inside(node, _own_names(scope))


def _decorates(engine: Engine, function: Function) -> bool:
    """Whether a function was run as a decorator: what it declares is known by what it got."""
    return any(activation.decorates for activation in engine.activations.get(function, ()))


_TELLING = frozenset(
    {
        "Queue",
        "register_queue",
        "workflow",
        "step",
        "transaction",
        "start_workflow",
        "start_workflow_async",
        "enqueue",
        "enqueue_async",
    }
)


def _own_names(scope: Scope) -> frozenset[str]:
    """The names under which a module imports parts of `dbos`."""
    return frozenset(
        name
        for name, bound in scope.bindings.items()
        for binding in bound
        if isinstance(binding, Imported) and binding.module == "dbos" and binding.attribute
    ) - {"DBOS"}


def _declares_inside(node: ast.AST, aliases: frozenset[str]) -> bool:
    """Whether a function holds a decorated def or class, makes a queue, or starts a workflow."""
    called = called_names(node)
    if not called.isdisjoint(_TELLING) or not called.isdisjoint(aliases):
        return True
    nested = every(node, *_FUNCTIONS, ast.ClassDef)
    return any(each.decorator_list for each in nested if each is not node)


def _declaration(declared: Declared) -> Declaration:
    """A declaration from a decorator, named by its literal or by its qualified name."""
    entity = declared.entity
    name = _class_name(declared) if declared.kind == "class" else declared.options.get("name")
    node = entity.node
    return Declaration(
        kind=declared.kind,
        name=name if isinstance(name, str) and name else entity.qualname,
        module=entity.module.name,
        qualname=entity.qualname,
        path=entity.module.path,
        line=node.lineno,
        column=node.col_offset + 1,
        options=declared.options,
        is_async=isinstance(entity, Function) and entity.is_async,
        entity=entity,
        decorator=declared.node,
    )


def _class_name(declared: Declared) -> object:
    """The name that `dbos_class` is given, by position or keyword."""
    match declared.node:
        case ast.Call(args=[ast.Constant(value=name), *_]):
            return name
    return declared.options.get("class_name")


def inline_step(function: Function, kind: str = "step") -> Declaration:
    """A function handed to `DBOS.run_step`, as if it were declared; `kind` is what it runs as."""
    node = function.node
    return Declaration(
        kind=kind,
        name=function.qualname,
        module=function.module.name,
        qualname=function.qualname,
        path=function.module.path,
        line=node.lineno,
        column=node.col_offset + 1,
        options={},
        is_async=function.is_async,
        entity=function,
        decorator=node,
    )


def _schedules(engine: Engine, workflows: tuple[Declaration, ...]) -> Iterator[Schedule]:
    """The schedules with a literal cron expression."""
    names = {item.entity: item.name for item in workflows}
    for (kind, entity), declared in engine.declared.items():
        cron = declared.options.get("cron")
        if kind == "scheduled" and isinstance(entity, Function) and isinstance(cron, str):
            yield Schedule(
                workflow=names.get(entity, entity.qualname),
                cron=cron,
                path=declared.module.path,
                line=getattr(declared.node, "lineno", 1),
                column=getattr(declared.node, "col_offset", 0) + 1,
                function=entity,
            )


def _queues(activations: Iterable[Activation]) -> Iterator[Queue]:
    """Every queue made with a literal name, anywhere; the first of a place counts."""
    seen: set[ast.AST] = set()
    for activation in activations:
        for node, targets in activation.calls.items():
            if node in seen or not isinstance(node, ast.Call):
                continue
            if any(isinstance(t, Boundary) and t.name in _QUEUE_MAKERS for t in targets):
                seen.add(node)
                queue = _queue(activation, node)
                if queue is not None:
                    yield queue


def _queue(activation: Activation, node: ast.Call) -> Queue | None:
    """A queue from the call that makes it; None when its name is not a literal."""
    values = activation.values
    arguments = Arguments(
        [values.get(argument, NOTHING) for argument in node.args],
        {k.arg: values.get(k.value, NOTHING) for k in node.keywords if k.arg is not None},
    )
    options = literal_options(arguments, QUEUE_PARAMETERS)
    named = literal_options(Arguments(arguments.positional[:1], {}), ("name",)) or literal_options(
        Arguments([], {k: v for k, v in arguments.keywords.items() if k == "name"})
    )
    name = (named or {}).get("name")
    if not isinstance(name, str):
        return None
    if options is not None:
        options = {key: value for key, value in options.items() if key != "name"}
    if any(keyword.arg is None for keyword in node.keywords):
        options = None
    return Queue(
        name=name,
        module=activation.module.name,
        path=activation.module.path,
        line=node.lineno,
        column=node.col_offset + 1,
        options=options,
        node=node,
    )


__all__ = [
    "Declaration",
    "Declarations",
    "Module",
    "Queue",
    "Schedule",
    "discover",
    "neighbourhood",
]
