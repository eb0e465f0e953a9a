"""The mypy plugin: what goes through the database can be stored, and what starts fits the workflow.

In: `plugins = ["dbos_lint.mypy_plugin"]` in mypy's configuration. Out: errors with the codes
`dbos-unstorable` and, where a partition key hides a workflow's parameters from types, mypy's own;
and the results of coroutine workflows that are started from plain code. Never does: run under a
release of mypy that was not tried; there it does nothing and says so once.

Durable functions are found at the calls that decorate them: `@DBOS.workflow()` and its like.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from mypy.errorcodes import ErrorCode
from mypy.nodes import (
    ArgKind,
    Argument,
    CallExpr,
    Context,
    Expression,
    FuncDef,
    MypyFile,
    NameExpr,
    RefExpr,
)
from mypy.options import Options
from mypy.plugin import (
    FunctionSigContext,
    MethodContext,
    MethodSigContext,
    Plugin,
    ReportConfigContext,
)
from mypy.types import (
    CallableType,
    FunctionLike,
    Instance,
    Type,
    TypeVarType,
    UnionType,
    get_proper_type,
)

import dbos_build
from dbos_lint.mypy_decorated import decorated
from dbos_lint.mypy_storing import Unstorable, unstorable

SUPPORTED = ((1, 18), (3, 0))
"""The first release whose hooks are as this module expects, and the first that may differ again."""
UNSTORABLE = ErrorCode("dbos-unstorable", "An argument or result that cannot be stored", "DBOS")

_DECORATORS = {
    "dbos.app.DBOS.workflow": "workflow",
    "dbos.app.DBOS.step": "step",
    "dbos.app.DBOS.transaction": "transaction",
    "dbos.datasource.SQLAlchemyDatasource.transaction": "transaction",
}
_STARTING = frozenset(
    {
        "dbos.app.DBOS.start_workflow",
        "dbos.app.DBOS.enqueue_workflow",
        "dbos.queue.Queue.enqueue",
        "dbos.queue.Queue.enqueue_async",
        "dbos.debounce.Debouncer",
        "dbos.debounce.Debouncer.create",
    }
)
_WORKFLOW_PARAMETERS = ("func", "workflow", "workflow_name")
_COROUTINE = "typing.Coroutine"


class DurablePlugin(Plugin):
    """Watches the calls that declare, start and enqueue durable functions."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._decorated: dict[int, tuple[Expression, FuncDef]] = {}

    def report_config_data(self, ctx: ReportConfigContext) -> Any:
        """What mypy was told before holds for one release of ours."""
        return {"dbos-build": dbos_build.__version__}

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """See what is declared durable."""
        return partial(self._declared, _DECORATORS[fullname]) if fullname in _DECORATORS else None

    def get_method_signature_hook(
        self, fullname: str
    ) -> Callable[[MethodSigContext], FunctionLike] | None:
        """See what is started, with which arguments."""
        return _started if fullname in _STARTING else None

    def get_function_signature_hook(
        self, fullname: str
    ) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """The same for classes that are made of a workflow."""
        return _started if fullname in _STARTING else None

    def _declared(self, kind: str, context: MethodContext) -> Type:
        api: Any = context.api
        function = self._function(api.tree, context.context)
        if function is not None and isinstance(function.type, CallableType):
            for place, problem in _problems(function, function.type, api.modules):
                context.api.fail(_message(kind, function, place, problem), place, code=UNSTORABLE)
        return context.default_return_type

    def _function(self, tree: MypyFile, call: Context) -> FuncDef | None:
        """The function that a call decorates; a module is looked through once for all its calls."""
        known = self._decorated.get(id(call))
        if known is None or known[0] is not call:
            self._decorated = decorated(tree)
            known = self._decorated.get(id(call))
        return known[1] if known else None


def _problems(
    function: FuncDef, signature: CallableType, modules: dict[str, MypyFile]
) -> Iterator[tuple[Context, Unstorable]]:
    """Where a value goes through the database that cannot: parameters, then the result."""
    names = function.arguments
    for argument, given in zip(names, signature.arg_types, strict=False):
        if argument is names[0] and _is_receiver(function):
            continue
        found = unstorable(given, modules)
        if found is not None and not _is_left_at_none(argument):
            yield argument, found
    if not function.is_generator and not function.is_async_generator:
        found = unstorable(_awaited(signature.ret_type), modules)
        if found is not None:
            yield function, found


def _is_receiver(function: FuncDef) -> bool:
    return bool(function.info) and not function.is_static


def _is_left_at_none(argument: Argument) -> bool:
    """A parameter that is None unless somebody says otherwise stores nothing."""
    given = argument.initializer
    return isinstance(given, NameExpr) and given.name == "None"


def _message(kind: str, function: FuncDef, place: Context, problem: Unstorable) -> str:
    what = f'Parameter "{place.variable.name}"' if isinstance(place, Argument) else "The result"
    where = f", in {problem.where}" if problem.where else ""
    return (
        f'{what} of {kind} "{function.name}" cannot be stored: it holds `{problem.type}`{where}; '
        "pass plain data and open it in the step that uses it"
    )


def _awaited(given: Type) -> Type:
    """What a coroutine returns; any other type as it is."""
    proper = get_proper_type(given)
    if isinstance(proper, Instance) and proper.type.fullname == _COROUTINE:
        return proper.args[2]
    return proper


def _started(context: FunctionSigContext | MethodSigContext) -> FunctionLike:
    """The signature of what starts a workflow, as it is for the workflow that is given."""
    signature = context.default_signature
    for position, name in enumerate(signature.arg_names):
        if name in _WORKFLOW_PARAMETERS or (name is None and position == 0):
            given = context.args[position] if position < len(context.args) else []
            break
    else:
        return signature
    if len(given) != 1 or not isinstance(given[0], RefExpr):
        return signature
    workflow = get_proper_type(context.api.get_expression_type(given[0]))
    if not isinstance(workflow, CallableType):
        return signature
    if "partition_key" in signature.arg_names:
        _check_beside_the_key(context, workflow, given[0])
    return _with_coroutine(signature, position, workflow)


def _with_coroutine(signature: CallableType, position: int, workflow: CallableType) -> CallableType:
    """The handle of a coroutine workflow gives what awaiting it would; plain code awaits nothing.

    A function that returns a coroutine is taken, and the result is that of the coroutine.
    """
    made = get_proper_type(workflow.ret_type)
    if _awaited(made) is made:
        return signature
    assert isinstance(made, Instance)
    taken = get_proper_type(signature.arg_types[position])
    choices = list(taken.items) if isinstance(taken, UnionType) else [taken]
    types = list(signature.arg_types)
    types[position] = UnionType.make_union([_returning(each, made) for each in choices])
    return signature.copy_modified(arg_types=types)


def _returning(given: Type, made: Instance) -> Type:
    """`Callable[…, R]` as `Callable[…, Coroutine[…, R]]`; any other type as it is."""
    taken = get_proper_type(given)
    if not isinstance(taken, CallableType):
        return given
    if not isinstance(get_proper_type(taken.ret_type), TypeVarType):
        return given
    return taken.copy_modified(ret_type=made.copy_modified(args=[*made.args[:2], taken.ret_type]))


def _check_beside_the_key(
    context: FunctionSigContext | MethodSigContext, workflow: CallableType, given: Expression
) -> None:
    """Check the arguments of `enqueue(workflow, …, partition_key=…)` as a call of the workflow.

    Types cannot say "these parameters and one keyword more", so the form with a partition key takes
    everything; the errors are those that mypy has for the call itself.
    """
    call = context.context
    if not isinstance(call, CallExpr) or "partition_key" not in call.arg_names:
        return
    if "partition_key" in workflow.arg_names:  # It is an argument of the workflow then.
        return
    rest = [
        (argument, kind, name)
        for argument, kind, name in zip(call.args, call.arg_kinds, call.arg_names, strict=True)
        if name != "partition_key" and argument is not given
    ]
    arguments: list[Expression] = [argument for argument, _, _ in rest]
    kinds: list[ArgKind] = [kind for _, kind, _ in rest]
    checker: Any = context.api
    checker.expr_checker.check_call(workflow, arguments, kinds, call, [name for *_, name in rest])


def is_supported(version: str) -> bool:
    """Whether a release of mypy, such as `2.4.1` or `2.5.0+dev.1a2b`, is one we know."""
    parts = version.partition("+")[0].split(".")[:2]
    if len(parts) < 2 or not all(part.isdecimal() for part in parts):
        return False
    first, after = SUPPORTED
    return first <= (int(parts[0]), int(parts[1])) < after


def plugin(version: str) -> type[Plugin]:
    """What mypy asks for; `version` is mypy's own."""
    if is_supported(version):
        return DurablePlugin
    sys.stderr.write(f"dbos-build: mypy {version} was never tried; its plugin does nothing\n")
    return Plugin
