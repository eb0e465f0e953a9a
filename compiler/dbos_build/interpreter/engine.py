"""The engine: runs activations until nothing changes any more.

In: the symbols of a project and the knowledge table. Out: for every function that was asked for,
its activations with all their facts. Never does: recurse without bound or run for ever: deep calls
are put off, growing values are widened, and every activation runs a bounded number of times.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dbos_build.interpreter import attributes, calling, decorating, expressions, statements
from dbos_build.interpreter.annotations import annotated, is_empty
from dbos_build.interpreter.cells import Cell
from dbos_build.interpreter.durable import literal_options, partial_options
from dbos_build.interpreter.knowledge import Knowledge
from dbos_build.interpreter.loading import Loader
from dbos_build.interpreter.machine import (
    Activation,
    Arguments,
    Decorated,
    Frame,
    Use,
)
from dbos_build.interpreter.names import Names, assigned_attributes, local_names, parameters
from dbos_build.interpreter.ordered import Ordered, ordered
from dbos_build.interpreter.shapes import exact_shape, shape
from dbos_build.interpreter.values import (
    NOTHING,
    Atom,
    ClassRef,
    Constant,
    FunctionRef,
    InstanceRef,
    Mapping,
    Marker,
    Sequence,
    Value,
    of,
    unknown,
)
from dbos_build.names.symbols import Class, Function, Symbols, all_functions, index_class
from dbos_build.reading.module import Module

DEPTH_MAX = 18
RUNS_MAX = 6
CONTEXTS_MAX = 16
PATIENCE_RUNS = 500
PATIENCE_RUNS_PER_FUNCTION = 1.25
"""Applications take about one run per function; one that takes many more is run less exactly."""
HURRIED_RUNS_MAX = 2
HURRIED_CONTEXTS_MAX = 1


@dataclass(frozen=True, slots=True)
class Declared:
    """A durable decorator found on a function or class, with the call that made it."""

    kind: str
    entity: Function | Class
    node: ast.AST
    module: Module
    options: dict[str, object]
    is_literal: bool


class Engine(Loader):
    """The interpreter's state, and the fixed point over it."""

    def __init__(self, symbols: Symbols, knowledge: Knowledge) -> None:
        super().__init__(symbols, knowledge)
        self.local_names: dict[Function, Names] = {}
        self.closures: dict[Class, Activation] = {}
        self._enclosing: dict[Function, Activation] = {}
        """Where a nested function was first made; from outside it is called as it is there."""
        self.inline_steps: dict[Activation, str] = {}
        self.shared_sites: set[int] = set()
        self.registrars: set[Function] = set()
        self.cached: set[Function] = set()
        self.decorating: list[Function] = []
        self.wrapped: dict[Function, FunctionRef] = {}
        self.aliases: dict[Function, dict[str, str]] = {}
        self.declared: dict[tuple[str, Function | Class], Declared] = {}
        self.activations: dict[Function, list[Activation]] = {}
        self.run_functions: dict[ast.AST, Function] = {}
        self.methods: dict[str, list[Function]] | None = None
        self.surroundings: Engine | None = None
        self.spare: Engine | None = None
        """What evaluates the surroundings next, if it shall not be a new engine."""
        self.pulse: Callable[[], None] | None = None
        """Called before every run of a function; it may raise to give the analysis up."""
        self.memo: dict[str, Any] = {}
        """What later passes found out about the settled program, by their name for it."""
        self._contexts: dict[object, Activation] = {}
        self._work: deque[Activation] = deque()
        self._depth = 0
        self.runs = 0
        self.in_decorators: set[Function] = set()
        """Functions that were run while a decorator was applied, by rules of their own."""
        self.was_hurried = False
        self.is_exhausted = False
        """Whether the interpreter's own stack was too small for the program somewhere."""
        self.retired: list[ast.AST] = []
        """Nodes that edits took out of the trees; objects are told apart by where they are made."""
        self._functions: dict[ast.AST, Function] = {}
        self._nested: dict[ast.AST, Function] = {}
        """The same, also those of an earlier analysis whose code is as it was."""
        self._classes: dict[ast.ClassDef, Class] = {}
        self._markers: dict[object, int] = {}
        self._options: dict[int, tuple[ast.AST, Module, Arguments]] = {}
        self._decorated: dict[tuple[Function, Activation | None], Decorated] = {}
        self._inferred: set[tuple[Class, int | None, str]] = set()
        self._assigners: dict[Class, dict[str, list[Function]]] = {}

    # Running

    def root(self, function: Function) -> Activation:
        """The activation of a function called from outside, with values of its declared types."""
        receiver = self._root_receiver(function)
        wrapper = self.wrapped.get(function)
        if wrapper is not None and ("workflow", wrapper.function) not in self.declared:
            around = wrapper.closure if isinstance(wrapper.closure, Activation) else None
            return self.activate(wrapper.function, around, None, {})
        node = function.node.args
        required = [*node.posonlyargs, *node.args]
        required = required[: len(required) - len(node.defaults)]
        passed: dict[str, Value] = {}
        if receiver is not None and required:
            passed[required.pop(0).arg] = of(receiver)
        outer = Frame(self.module_activation(function.module), {}, function.owner)
        for argument in required:
            typed = annotated(self, argument.annotation, outer)
            passed[argument.arg] = typed if typed.atoms else unknown(f"parameter {argument.arg}")
        owner = function.owner
        around = self._enclosing.get(function) if owner is None else self.closures.get(owner)
        return self.activate(function, around, receiver, passed)

    def _root_receiver(self, function: Function) -> Atom | None:
        """What `self` or `cls` is when a method is called from outside."""
        if function.owner is None:
            return None
        binds = self.decorated(function, self.closures.get(function.owner)).binds
        if binds == "static":
            return None
        return ClassRef(function.owner) if binds == "class" else InstanceRef(function.owner)

    def settle(self) -> None:
        """Run everything that is waiting until nothing changes."""
        while self._work:
            activation = self._work.popleft()
            activation.queued = False
            if activation.evaluations < (HURRIED_RUNS_MAX if self._is_hurried() else RUNS_MAX):
                # What a decorator does anew, it does to the same function as before.
                self.decorating[:] = [activation.decorates] if activation.decorates else []
                self._run(activation)
        self.decorating.clear()

    def _is_hurried(self) -> bool:
        """Whether far more was run than a program of so many functions needs.

        From then on the calls of a function share one activation, and it runs fewer times: work
        stays linear in the size of the program, whatever calls whatever.
        """
        patience = PATIENCE_RUNS + PATIENCE_RUNS_PER_FUNCTION * len(self.activations)
        if self.runs > patience:
            self.was_hurried = True
            return True
        return False

    def any_activation(self, function: Function, closure: Activation | None) -> Activation | None:
        """The activation for all calls of a function that has been called in many ways."""
        return self._contexts.get((function, closure, None, "any"))

    def revisit(self, activation: Activation) -> None:
        """Run an activation again before the analysis ends."""
        if not activation.queued and activation.function is not None:
            activation.queued = True
            self._work.append(activation)

    def activate(
        self,
        function: Function,
        closure: Activation | None,
        receiver: Atom | None,
        passed: dict[str, Value],
    ) -> Activation:
        """The activation of a function for these arguments, run if it never was."""
        shape_of = exact_shape if self.decorating else shape
        shapes = tuple((name, shape_of(value)) for name, value in sorted(passed.items()))
        key: object = (function, closure, receiver, shapes)
        activation = self._contexts.get(key)
        if self.rerun is not None:
            return self.rerun.enter(function, closure, activation, passed)
        if activation is None:
            known = self.activations.setdefault(function, [])
            if len(known) >= (HURRIED_CONTEXTS_MAX if self._is_hurried() else CONTEXTS_MAX):
                key = (function, closure, None, "any")
                activation = self._contexts.get(key)
            if activation is None:
                self.tick += 1
                activation = self.made_activation(key, function, closure, receiver)
                self.run_functions[function.node] = function
                activation.decorates = self.decorating[-1] if self.decorating else None
                self._contexts[key] = activation
                known.append(activation)
        for name, value in passed.items():
            cell = activation.parameters.get(name)
            if cell is None:
                self.tick += 1
                cell = activation.parameters[name] = self.parameter_cell(activation, name)
                if activation.evaluated:
                    self.revisit(activation)
            cell.grow(value)
        if not activation.evaluated and not activation.running:
            self._run_nested(activation)
        return activation

    def made_activation(
        self,
        key: object,
        function: Function,
        closure: Activation | None,
        receiver: Atom | None,
    ) -> Activation:
        """A new activation, to be known by this key."""
        return Activation(self, function.module, function, closure, receiver)

    def parameter_cell(self, activation: Activation, name: str) -> Cell:
        """A cell for a parameter that is passed for the first time."""
        cell = Cell(self)
        cell.is_passed = True
        return cell

    def _run_nested(self, activation: Activation) -> None:
        """Run an activation now when the stack is shallow, else later."""
        if self._depth >= DEPTH_MAX:
            self.revisit(activation)
            return
        try:
            self._run(activation)
        except RecursionError:
            self.is_exhausted = True
            if self._depth == 0:
                activation.evaluated = True
                return
            activation.running = False
            activation.evaluations = max(0, activation.evaluations - 1)
            self.revisit(activation)

    def all_activations(self) -> Iterator[Activation]:
        """Every activation, module-level code first."""
        yield from list(self._modules.values())
        for known in list(self.activations.values()):
            yield from known

    def is_nested(self) -> bool:
        """Whether the activation being run was entered from another one's run."""
        return self._depth > 1

    def _run(self, activation: Activation) -> None:
        """Run a function's body once over its parameters."""
        function = activation.function
        assert function is not None
        if self.pulse is not None:
            self.pulse()
        activation.running = activation.evaluated = True
        activation.evaluations += 1
        self.runs += 1
        self.tick += 1
        begun = self.tick
        if self.decorating:
            self.in_decorators.add(function)
        self._depth += 1
        around, self.current = self.current, activation
        try:
            self.run_body(activation, function)
        finally:
            self.current = around
            self._depth -= 1
            activation.running = False
            self.tick += 1
            activation.spans.append((begun, self.tick))

    def run_body(self, activation: Activation, function: Function) -> None:
        """Record the facts of an activation anew."""
        activation.clear()
        frame = Frame(activation, {})
        self._bind(activation, function, frame)
        node = function.node
        if isinstance(node, ast.Lambda):
            activation.returns.grow(self.evaluate(node.body, frame))
        elif not self.execute(node.body, frame):
            activation.returns.grow(of(Constant(None, "NoneType")))

    def _bind(self, activation: Activation, function: Function, frame: Frame) -> None:
        """Give the parameters their values: passed, default, or as annotated."""
        node = function.node.args
        outer_activation = activation.closure or self.module_activation(function.module)
        outer = Frame(outer_activation, {}, function.owner)
        positional = [*node.posonlyargs, *node.args]
        defaults: dict[str, ast.expr] = {}
        for argument, default in zip(reversed(positional), reversed(node.defaults), strict=False):
            defaults[argument.arg] = default
        for argument, keyword_default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
            if keyword_default is not None:
                defaults[argument.arg] = keyword_default
        for argument in parameters(function.node):
            cell = activation.parameters.get(argument.arg)
            value = cell.read(activation) if cell is not None else NOTHING
            if cell is None and argument.arg in defaults:
                value = self._default(activation, defaults[argument.arg], outer)
            if value.is_unknown or (_is_constant(value) and not activation.decorates):
                typed = annotated(self, argument.annotation, outer)
                if typed.atoms:
                    value = typed.join(Value(_constants(value), value.taints))
            if not value.atoms:
                value = value.join(_missing(node, argument))
            frame.env[argument.arg] = value
            activation.cell(argument.arg).grow(value)

    def _default(self, activation: Activation, default: ast.expr, outer: Frame) -> Value:
        """A parameter's default; an effect in it is a fact of the function that relies on it."""
        if isinstance(default, ast.Constant):
            return self.evaluate_elsewhere(default, outer)
        if outer.activation.function is not None:
            return self.evaluate_elsewhere(default, outer)
        scratch = Activation(self, outer.activation.module, None, None, None)
        value = self.evaluate(default, Frame(scratch, {}, outer.owner))
        for node, targets in scratch.calls.items():
            for target in targets:
                if isinstance(target, Use) and target.effects:
                    used = Use(target.name, target.effects, target.taint, "default argument")
                    activation.record(node, used)
        return value

    # What the interpreter's modules ask for

    # The functions themselves: one call less for every expression there is.
    evaluate = expressions.evaluate
    execute = statements.execute
    call = calling.call
    attribute = attributes.read

    def decorated(self, function: Function, closure: Activation | None) -> Decorated:
        """A function as its decorators leave it; while that is being found out, as it is."""
        key = (function, closure)
        known = self._decorated.get(key)
        if self.rerun is not None:
            if function.parent is not None and not function.decorators:
                return Decorated(of(FunctionRef(function, closure)), decorating.binding(function))
            self.rerun.once("decorated", key)
        if known is None:
            plain = Decorated(of(FunctionRef(function, closure)), decorating.binding(function))
            self._decorated[key] = known = plain
            if function.decorators:
                known = self._decorated[key] = decorating.apply(self, function, closure)
            elif closure is None:
                self.module_activation(function.module)
            self.found_out("decorated", key)
        return known

    def decorated_class(self, owner: Class, closure: Activation | None) -> Value:
        """A class; its decorators run for what they declare."""
        if closure is not None:
            self.closures.setdefault(owner, closure)
        return decorating.apply_to_class(self, owner, closure)

    def function_at(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, frame: Frame
    ) -> Function:
        """The function entity of a nested def or lambda."""
        known = self._functions.get(node)
        if known is None:
            name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
            parent = frame.activation.function
            prefix = f"{parent.qualname}.<locals>." if parent is not None else ""
            if parent is None and frame.owner is not None:
                prefix = f"{frame.owner.qualname}."
            module = frame.activation.module if frame.owner is None else frame.owner.module
            known = self._nested.get(node) or Function(module, prefix + name, node, None, parent)
            self._functions[node] = self._nested[node] = known
            if parent is not None:
                self._enclosing[known] = frame.activation
        return known

    def class_at(self, node: ast.ClassDef, frame: Frame) -> Class:
        """The class entity of a class statement inside a function."""
        known = self._classes.get(node)
        if self.rerun is not None:
            self.rerun.once("class", node)
        if known is None:
            parent = frame.activation.function
            prefix = f"{parent.qualname}.<locals>." if parent is not None else ""
            known = index_class(node, frame.activation.module, prefix, parent)
            self._classes[node] = known
            self.closures[known] = frame.activation
            self.decorated_class(known, frame.activation)
            self.found_out("class", node)
        return known

    def declare(self, kind: str, target: Function | Class, site: int) -> None:
        """Note that a durable decorator was applied; the first one of a kind counts."""
        if self.rerun is not None:
            self.rerun.note("declare", kind, target, site)
        node, module, arguments = self._options[site]
        options = partial_options(arguments)
        if kind == "scheduled" and arguments.positional:
            literal = literal_options(Arguments(arguments.positional[:1]), ("cron",))
            options.update(literal or {})
        complete = literal_options(arguments) is not None
        declared = Declared(kind, target, node, module, options, complete)
        known = self.declared.get((kind, target))
        if known is None or (known.node is node and complete):
            self.declared[kind, target] = declared

    def marker(self, kind: str, node: ast.AST, arguments: Arguments, frame: Frame) -> Value:
        """A durable decorator made by a call."""
        keywords = tuple(sorted(arguments.keywords.items(), key=_name))
        made = (node, kind, tuple(arguments.positional), keywords)
        site = self._markers.get(made)
        if self.rerun is not None:
            self.rerun.note("marker", site)
        if site is None:
            site = self._markers[made] = next(reversed(self._options), -1) + 1
            self._options[site] = (node, frame.activation.module, arguments)
        return of(Marker(kind, None, site))

    def _load(self, module: Module, name: str) -> None:
        """Evaluate a module variable; what starts as None is what functions bind it to later."""
        super()._load(module, name)
        if is_empty(self.module_cell(module, name).value):
            for function in all_functions(self.symbols.scopes[module.path]):
                if name in local_names(self, function).globals:
                    self.root(function)

    def inferred_attribute(self, receiver: InstanceRef, name: str) -> None:
        """Run the methods that assign `self.name`, so that its cell holds what they store."""
        for owner in self.mro(receiver.owner):
            if not isinstance(owner, Class):
                continue
            key = (owner, receiver.site, name)
            if self.rerun is not None:
                self.rerun.once("attribute", key)
            if key in self._inferred:
                continue
            self._inferred.add(key)
            for function in self._assigning(owner).get(name, ()):
                closure = self.closures.get(owner)
                first = function.node.args.args[:1]
                passed = {first[0].arg: of(receiver)} if first else {}
                self.activate(function, closure, receiver, passed)
            self.found_out("attribute", key)

    def _assigning(self, owner: Class) -> dict[str, list[Function]]:
        """Which methods of a class assign which attributes of their first parameter."""
        known = self._assigners.get(owner)
        if known is None:
            known = self._assigners[owner] = {}
            for bound in owner.bindings.values():
                for binding in bound:
                    entity = getattr(binding, "entity", None)
                    if isinstance(entity, Function):
                        for attribute in assigned_attributes(entity.node):
                            known.setdefault(attribute, []).append(entity)
        return known


def _name(item: tuple[str, Value]) -> str:
    return item[0]


def _is_constant(value: Value) -> bool:
    return all(isinstance(atom, Constant) for atom in value.atoms)


def _constants(value: Value) -> Ordered[Atom]:
    return ordered(atom for atom in value.atoms if isinstance(atom, Constant))


def _missing(node: ast.arguments, argument: ast.arg) -> Value:
    """The value of a parameter nobody passes: containers for *args and **kwargs."""
    inside = unknown(f"parameter {argument.arg}")
    if node.vararg is argument:
        return of(Sequence("tuple", None, inside))
    if node.kwarg is argument:
        return of(Mapping((), inside))
    return inside
