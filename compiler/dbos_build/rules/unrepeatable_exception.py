"""unrepeatable-exception: an exception cannot be made again from what is stored of it.

In: the analysed program. Out: the findings of DBS853. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator

from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation
from dbos_build.interpreter.values import NOTHING, ClassRef, InstanceRef
from dbos_build.names.symbols import Class, Defined, Function
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, once
from dbos_build.rules.survey import survey_of
from dbos_build.syntax import ancestors, own, parents_of, walk

_OWN_WAYS = ("__reduce__", "__reduce_ex__", "__getnewargs__", "__new__", "__setstate__")
_WIDE = frozenset({"Exception", "BaseException"})


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """The constructors of exceptions that leave durable functions."""
    survey = survey_of(program, rule.looks)
    raised = survey.notes(_raised)

    def found() -> Iterator[Finding]:
        visits = survey.visits(("step", "transaction", "workflow"), raised)
        owners = dict.fromkeys(owner for _, item in visits for _, owner in raised[item.activation])
        for owner in owners:
            initializer = _faulty(program, owner)
            if initializer is not None:
                message = f"`{owner.name}` cannot be made again from its `args`"
                yield rule.finding(initializer.module.path, initializer.node, message)

    return once(found())


@per_activation(ast.Raise)
def _raised(activation: Activation) -> Iterator[tuple[ast.AST, Class]]:
    """The classes of the project that a function raises and does not itself catch."""
    if activation.function is None:
        return
    raises = [each for each in own(activation.function.node, ast.Raise) if each.exc]
    parents = parents_of(activation.function.node) if raises else {}
    for node in raises:
        assert node.exc is not None
        for atom in activation.values.get(node.exc, NOTHING).atoms:
            if isinstance(atom, InstanceRef | ClassRef):
                around = list(ancestors(node, parents))
                if not _is_caught(activation, node, around, atom.owner):
                    yield node, atom.owner


def _is_caught(activation: Activation, node: ast.AST, around: list[ast.AST], owner: Class) -> bool:
    """Whether a handler around a raise takes the exception."""
    order = activation.returns.engine.mro(owner)
    names = {each.name if isinstance(each, Class) else each.rpartition(".")[2] for each in order}
    inner = node
    for outer in around:
        if isinstance(outer, ast.Try) and inner in outer.body:
            for handler in outer.handlers:
                kinds = walk(handler.type) if handler.type is not None else ()
                caught = {getattr(kind, "id", getattr(kind, "attr", "")) for kind in kinds}
                is_open = bool(own(handler, ast.Raise))
                if (handler.type is None or caught & (names | _WIDE)) and not is_open:
                    return True
        inner = outer
    return False


def _faulty(program: Program, owner: Class) -> Function | None:
    """The constructor that asks for something else than the `args` it leaves."""
    order = program.engine.mro(owner)
    if any(isinstance(each, str) and not _is_plain_exception(each) for each in order):
        return None
    if any(
        name in each.bindings for each in order if isinstance(each, Class) for name in _OWN_WAYS
    ):
        return None
    initializers = [
        binding.entity
        for each in order
        if isinstance(each, Class)
        for binding in each.bindings.get("__init__", ())
        if isinstance(binding, Defined) and isinstance(binding.entity, Function)
    ]
    if not initializers:
        return None
    given = _arguments_left(initializers)
    if given is None:
        return None
    return None if _accepts(initializers[0].node.args, given) else initializers[0]


def _is_plain_exception(name: str) -> bool:
    """Whether an ancestor is a builtin without arguments of its own."""
    kind = getattr(builtins, name.rpartition(".")[2], None)
    if not isinstance(kind, type) or not name.startswith("builtins."):
        return False
    return not issubclass(kind, OSError | UnicodeError | SyntaxError | ImportError)


def _arguments_left(initializers: list[Function]) -> int | None:
    """How many arguments reach `Exception.__init__`; None when that cannot be told.

    Without a call of super().__init__, `args` are what the outermost constructor was given.
    """
    for function in initializers:
        calls = [part for part in walk(function.node) if _is_initializer(part)]
        if any(_assigns_args(part) for part in walk(function.node)) or len(calls) != 1:
            return None
        (call,) = calls
        assert isinstance(call, ast.Call)
        if any(isinstance(argument, ast.Starred) for argument in call.args):
            return None
        if function is initializers[-1]:
            explicit = isinstance(call.func, ast.Attribute) and isinstance(
                call.func.value, ast.Name
            )
            return None if call.keywords else len(call.args) - explicit
    return None


def _is_initializer(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "__init__"


def _assigns_args(node: ast.AST) -> bool:
    """`self.args = …`."""
    return (
        isinstance(node, ast.Attribute) and node.attr == "args" and isinstance(node.ctx, ast.Store)
    )


def _accepts(taken: ast.arguments, given: int) -> bool:
    """Whether a constructor can be called with so many positional arguments."""
    names = [*taken.posonlyargs, *taken.args][1:]
    required = len(names) - len(taken.defaults)
    if any(default is None for default in taken.kw_defaults):
        return False
    return required <= given and (given <= len(names) or taken.vararg is not None)


RULE = Rule(
    code="DBS853",
    name="unrepeatable-exception",
    severity=Severity.WARNING,
    summary="an exception is raised that cannot be made again from its `args`",
    why=(
        "This runtime makes an exception again without its constructor. Whoever copies or "
        "pickles it, such as a pool of processes, calls the class with `args`, which are what "
        "reached `Exception.__init__`; when the constructor takes something else, that fails, "
        "and another error takes the place of this one."
    ),
    instead="Pass every parameter on to super().__init__(), or define __reduce__.",
    bad=(
        """\
from dbos import DBOS


class Refused(Exception):
    def __init__(self, code: int, text: str) -> None:  # flags: DBS853
        super().__init__(text)
        self.code = code


@DBOS.step()
def charge() -> None:
    raise Refused(5, "no money")
""",
    ),
    good=(
        """\
from dbos import DBOS


class Refused(Exception):
    def __init__(self, code: int, text: str) -> None:
        super().__init__(code, text)
        self.code = code


@DBOS.step()
def charge() -> None:
    raise Refused(5, "no money")
""",
    ),
    check=check,
    looks=(_raised,),
)
