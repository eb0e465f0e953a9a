"""Registration: code that runs while modules are imported and hands functions to tables.

In: an engine, and the modules near durable code. Out: nothing; what decorators, `__init_subclass__`
and calls at the top of a module put into tables is known to the engine afterwards. Never does:
evaluate module-level code that hands over neither a function, nor a class, nor an object.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.interpreter.engine import Engine
from dbos_build.interpreter.machine import Frame
from dbos_build.interpreter.values import (
    BoundMethod,
    ClassRef,
    Durable,
    FunctionRef,
    InstanceRef,
    PartialCall,
    Value,
    of,
)
from dbos_build.names.symbols import (
    Class,
    Defined,
    Function,
    Imported,
    Scope,
    all_classes,
    all_functions,
    statements,
)

_CODE = FunctionRef | BoundMethod | ClassRef | Durable | InstanceRef | PartialCall


def register(engine: Engine, modules: Iterable[Scope]) -> None:
    """Run what registers something in these modules and in those that they import."""
    near = list(modules)
    for scope in (*near, *_imported(engine, near)):
        for owner in all_classes(scope.classes):
            if _is_decorated(engine, scope, owner.node.decorator_list):
                engine.decorated_class(owner, None)
        for function in all_functions(scope):
            if _is_decorated(engine, scope, function.decorators):
                engine.decorated(function, None)
        _call_top_level(engine, scope)
    _announce_subclasses(engine)
    _announce_to_metaclasses(engine)


def _imported(engine: Engine, near: list[Scope]) -> Iterator[Scope]:
    """The modules of the project that some modules import, directly or not."""
    known = {scope.module.path for scope in near}
    waiting = list(near)
    while waiting:
        scope = waiting.pop()
        for name in sorted(scope.imports):
            target = engine.symbols.find(name, scope.module)
            if target is not None and target.path not in known:
                known.add(target.path)
                found = engine.symbols.scopes.get(target.path)
                if found is not None:
                    waiting.append(found)
                    yield found


def _is_decorated(engine: Engine, scope: Scope, decorators: Iterable[ast.expr]) -> bool:
    """Whether one of these decorators may be code of the project."""
    for decorator in decorators:
        root: ast.AST = decorator
        while isinstance(root, ast.Call | ast.Attribute):
            root = root.func if isinstance(root, ast.Call) else root.value
        for binding in scope.bindings.get(getattr(root, "id", ""), ()):
            if not isinstance(binding, Imported):
                return True
            if engine.symbols.find(binding.module, scope.module) is not None:
                return True
    return False


def _call_top_level(engine: Engine, scope: Scope) -> None:
    """Evaluate the calls at the top of a module that pass code to code of the project."""
    frame = Frame(engine.module_activation(scope.module), {})
    assert scope.module.tree is not None
    for statement in statements(scope.module.tree.body):
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Name(id=name)) as call) if call.args:
                if any(isinstance(b, Imported | Defined) for b in scope.bindings.get(name, ())):
                    callee = engine.evaluate(call.func, frame)
                    passed = [engine.evaluate(each, frame) for each in call.args]
                    if _holds_code(callee) and any(_holds_code(value) for value in passed):
                        engine.registrars.update(_functions(callee))
                        engine.evaluate(call, frame)


def _functions(value: Value) -> Iterator[Function]:
    for atom in value.atoms:
        if isinstance(atom, FunctionRef):
            yield atom.function


def _holds_code(value: Value) -> bool:
    return any(isinstance(atom, _CODE) for atom in value.atoms)


def _announce_subclasses(engine: Engine) -> None:
    """Run `__init_subclass__` for every class below one that has it."""
    for scope in engine.symbols.scopes.values():
        for owner in all_classes(scope.classes):
            for binding in owner.bindings.get("__init_subclass__", ()):
                hook = getattr(binding, "entity", None)
                if isinstance(hook, Function):
                    for below in engine.subclasses(owner):
                        _announce(engine, hook, below)


def _announce(engine: Engine, hook: Function, below: Class) -> None:
    """Run one `__init_subclass__` for one class, with the keywords of its class statement."""
    frame = Frame(engine.module_activation(below.module), {})
    first = hook.node.args.args[:1]
    passed = {argument.arg: of(ClassRef(below)) for argument in first}
    for keyword in below.node.keywords:
        if keyword.arg is not None:
            passed[keyword.arg] = engine.evaluate(keyword.value, frame)
    engine.activate(hook, engine.closures.get(hook.owner or below), ClassRef(below), passed)


def _announce_to_metaclasses(engine: Engine) -> None:
    """Run `__new__` and `__init__` of every metaclass for the classes that it makes."""
    for scope in engine.symbols.scopes.values():
        for owner in all_classes(scope.classes):
            for keyword in owner.node.keywords:
                if keyword.arg == "metaclass":
                    frame = Frame(engine.module_activation(owner.module), {})
                    for atom in engine.evaluate(keyword.value, frame).atoms:
                        if isinstance(atom, ClassRef):
                            for below in (owner, *engine.subclasses(owner)):
                                _announce_to(engine, atom, below)


def _announce_to(engine: Engine, maker: ClassRef, below: Class) -> None:
    """Let a metaclass make one class."""
    for name in ("__new__", "__init__"):
        for binding in maker.owner.bindings.get(name, ()):
            hook = getattr(binding, "entity", None)
            if isinstance(hook, Function) and hook.node.args.args:
                # In `__new__` the class does not exist yet; `super().__new__(…)` gives it.
                made = of(ClassRef(below), maker) if name == "__new__" else of(ClassRef(below))
                passed = {hook.node.args.args[0].arg: made}
                engine.activate(hook, engine.closures.get(maker.owner), maker, passed)
