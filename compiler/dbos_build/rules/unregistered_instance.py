"""unregistered-instance: a workflow is a method of an object that recovery cannot find.

In: the analysed program. Out: the findings of DBS815. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.launching import LAUNCH
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation, Boundary
from dbos_build.interpreter.values import NOTHING, ClassRef
from dbos_build.names.symbols import Class, Defined, Function
from dbos_build.rules.rule import Rule, once
from dbos_build.rules.survey import Survey, survey_of
from dbos_build.syntax import every

_CONFIGURED = "dbos.DBOSConfiguredInstance"
_STARTING = ("start_workflow", "enqueue")


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Workflow methods, constructors and objects of classes with such methods."""
    methods = [item for item in program.workflows if _takes_object(program, item)]
    owners = {
        each
        for item in methods
        if isinstance(item.entity, Function) and item.entity.owner is not None
        for each in (item.entity.owner, *program.engine.subclasses(item.entity.owner))
    }

    def found() -> Iterator[Finding]:
        for item in methods:
            message = _problem(program, item)
            if message is not None:
                yield rule.finding(item.path, item.node, message)
        for owner in owners:
            initializer = _silent_initializer(program, owner)
            if initializer is not None:
                message = f"`{owner.name}` gives DBOSConfiguredInstance no config_name"
                yield rule.finding(owner.module.path, initializer, message)
        for path, node, owner in _made_late(survey_of(program, rule.looks), owners):
            message = (
                f"this object of `{owner.name}` is made after DBOS.launch(); recovery misses it"
            )
            yield rule.finding(path, node, message)

    return once(found())


def _takes_object(program: Program, item: Declaration) -> bool:
    """Whether a workflow is a method that takes its object."""
    function = item.entity
    if not isinstance(function, Function) or function.owner is None or function.parent is not None:
        return False
    names = {getattr(each, "id", "") for each in function.decorators}
    return not names & {"staticmethod", "classmethod"}


def _problem(program: Program, item: Declaration) -> str | None:
    """Why recovery cannot find the object of a workflow, if it cannot."""
    assert isinstance(item.entity, Function)
    assert item.entity.owner is not None
    owner = item.entity.owner
    engine = program.engine
    family = (owner, *engine.subclasses(owner))
    orders = [engine.mro(each) for each in family]
    if any("?" in order for order in orders):
        return None
    if not any(_CONFIGURED in order for order in orders):
        if any(isinstance(each, str) and each != "builtins.object" for o in orders for each in o):
            return None
        return f"`{owner.name}` is no DBOSConfiguredInstance, so no object has a config_name"
    registered = {declaration.entity for declaration in program.classes}
    if not registered & set(family):
        return f"`{owner.name}` is not registered with @DBOS.dbos_class()"
    return None


def _silent_initializer(program: Program, owner: Class) -> ast.AST | None:
    """The constructor of a configured class that does not call the one of its base."""
    if _CONFIGURED not in program.engine.mro(owner):
        return None
    for binding in owner.bindings.get("__init__", ()):
        if isinstance(binding, Defined) and isinstance(binding.entity, Function):
            node = binding.entity.node
            calls = every(node, ast.Call)
            if not any(
                getattr(call.func, "attr", getattr(call.func, "id", "")) in {"__init__", "super"}
                for call in calls
            ):
                return node
    return None


def _made_late(survey: Survey, owners: set[Class]) -> Iterator[tuple[str, ast.AST, Class]]:
    """Objects that are made when the launch has surely been."""
    for called in survey.calls:
        for atom in called.callee.atoms:
            is_late = called.launched == "yes" and isinstance(atom, ClassRef)
            if is_late and isinstance(atom, ClassRef) and atom.owner in owners:
                yield called.module.path, called.node, atom.owner
    for activation in survey.plain if owners else ():
        for node, owner in _used_at_once(activation, owners):
            yield activation.module.path, node, owner


def _used_at_once(activation: Activation, owners: set[Class]) -> Iterator[tuple[ast.AST, Class]]:
    """Objects a function makes before it runs a workflow of theirs, without a launch between."""
    last: list[tuple[int, str]] = []
    for node, targets in activation.calls.items():
        for target in targets:
            if isinstance(target, Boundary):
                tail = target.name.rpartition(".")[2].removesuffix("_async")
                owner = target.function.owner if target.function is not None else None
                is_run = target.kind == "workflow" or tail in _STARTING
                if target.name == LAUNCH or (is_run and owner in owners):
                    last.append((getattr(node, "lineno", 0), target.name))
    for node, value in list(activation.values.items()):
        if not isinstance(node, ast.Call):
            continue
        for atom in activation.values.get(node.func, NOTHING).atoms:
            if isinstance(atom, ClassRef) and atom.owner in owners and value.atoms:
                after = [name for line, name in sorted(last) if line >= node.lineno]
                if after and after[0] != LAUNCH:
                    yield node, atom.owner


RULE = Rule(
    code="DBS815",
    name="unregistered-instance",
    severity=Severity.ERROR,
    summary="a workflow is a method of an object that recovery cannot find",
    why=(
        "Recovery calls the method on the object of the registered class with the recorded "
        "config_name: class and object must exist, under their names, before the launch."
    ),
    instead=(
        "Decorate the class with @DBOS.dbos_class(), inherit from DBOSConfiguredInstance, pass a "
        "config_name, and make the object at module level; or make the method static."
    ),
    bad=(
        """\
from dbos import DBOS


class Shop:
    @DBOS.workflow()
    def checkout(self, name: str) -> str:  # flags: DBS815
        return name
""",
    ),
    good=(
        """\
from dbos import DBOS, DBOSConfiguredInstance


@DBOS.dbos_class()
class Shop(DBOSConfiguredInstance):
    def __init__(self, name: str) -> None:
        super().__init__(config_name=name)

    @DBOS.workflow()
    def checkout(self, name: str) -> str:
        return name


shop = Shop("main")
""",
    ),
    check=check,
    needs_whole=True,
)
