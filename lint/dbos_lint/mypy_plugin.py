"""The mypy plugin: what goes through the database can be stored, and what starts fits the workflow.

In: `plugins = ["dbos_lint.mypy_plugin"]` in mypy's configuration. Out: errors with the codes
`dbos-unstorable` and, where no signature can spell the parameters of a workflow that is started,
mypy's own; and what such workflows return. Never does: run under a release of mypy that was not
tried; there it does nothing and says so once.

Durable functions are found at the calls that decorate them: `@DBOS.workflow()` and its like.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from mypy.errorcodes import ErrorCode
from mypy.nodes import (
    Argument,
    Context,
    Expression,
    FuncDef,
    MypyFile,
    NameExpr,
    TypeInfo,
    Var,
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
    Type,
)

import dbos_build
from dbos_lint import mypy_starting
from dbos_lint.mypy_decorated import decorated
from dbos_lint.mypy_starting import awaited
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
        is_known = fullname.rpartition(".")[2] in mypy_starting.METHODS
        return mypy_starting.hook(self._inherited(fullname)) if is_known else None

    def get_function_signature_hook(
        self, fullname: str
    ) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """The same for functions, for classes that are made of a workflow, and for other names."""
        found = self.lookup_fully_qualified(fullname)
        is_name = found is None or isinstance(found.node, Var)
        return mypy_starting.aliased if is_name else mypy_starting.hook(fullname)

    def _declared(self, kind: str, context: MethodContext) -> Type:
        api: Any = context.api
        function = self._function(api.tree, context.context)
        if function is not None and isinstance(function.type, CallableType):
            for place, problem in _problems(function, function.type, api.modules):
                context.api.fail(_message(kind, function, place, problem), place, code=UNSTORABLE)
        return context.default_return_type

    def _inherited(self, fullname: str) -> str:
        """The full name of a method where it is defined; mypy asks for it as a subclass has it."""
        owner, _, method = fullname.rpartition(".")
        found = self.lookup_fully_qualified(owner)
        node = found.node if found is not None else None
        bases = node.mro if isinstance(node, TypeInfo) else ()
        return next(
            (f"{each.fullname}.{method}" for each in bases if method in each.names), fullname
        )

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
        found = unstorable(awaited(signature.ret_type), modules)
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
