"""What starts workflows, as mypy sees it: with the parameters and the result of the workflow.

In: calls of what starts, enqueues or debounces a workflow, given as a function or by its name. Out:
errors of mypy's own where no signature can spell what the workflow takes, and signatures with what
it returns. Never does: look at what is started in any other way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mypy.nodes import ARG_STAR, ARG_STAR2, ArgKind, CallExpr, Expression, MemberExpr, RefExpr
from mypy.plugin import FunctionSigContext, MethodSigContext
from mypy.types import (
    AnyType,
    CallableType,
    FunctionLike,
    Instance,
    Parameters,
    Type,
    TypeOfAny,
    TypeVarType,
    UnionType,
    get_proper_type,
)

from dbos_lint.mypy_named import named_for, named_in, signature_of, text_of

Context = FunctionSigContext | MethodSigContext

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
_NAMING = frozenset(
    {
        "dbos.client.DBOSClient.enqueue",
        "dbos.client.DBOSClient.enqueue_async",
        "dbos.client.DBOSClient.enqueue_in_transaction",
        "dbos.app.DBOS.enqueue_workflow_with_options",
        "dbos.app.DBOS.enqueue_workflow_with_options_async",
        "dbos.named.enqueue_with_options",
        "dbos.named.enqueue_with_options_async",
    }
)
_PUTTING_OFF = frozenset(
    {"dbos.debounce.DebouncerClient.debounce", "dbos.debounce.DebouncerClient.debounce_async"}
)
METHODS = frozenset(name.rpartition(".")[2] for name in _NAMING | _STARTING | _PUTTING_OFF)
"""The last parts of the names that `hook` knows."""
_DEBOUNCER = "dbos.debounce.Debouncer"
_DEBOUNCER_CLIENT = "dbos.debounce.DebouncerClient"
_HANDLES = frozenset({"dbos.handle.WorkflowHandle", "dbos.handle.WorkflowHandleAsync"})
_WORKFLOW_PARAMETERS = ("func", "workflow", "workflow_name")
_COROUTINE = "typing.Coroutine"


def hook(fullname: str) -> Callable[[Context], FunctionLike] | None:
    """What gives the signature of a function that starts workflows; None for any other."""
    if fullname in _NAMING:
        return _named
    if fullname in _PUTTING_OFF:
        return _put_off
    return _started if fullname in _STARTING else None


def aliased(context: Context) -> FunctionLike:
    """The signature of what is called by a name of one's own: `start = DBOS.start_workflow`."""
    defined = context.default_signature.definition
    fullname = defined.fullname.removesuffix(".__init__") if defined is not None else ""
    found = hook(fullname)
    return context.default_signature if found is None else found(context)


def awaited(given: Type) -> Type:
    """What a coroutine returns; any other type as it is."""
    proper = get_proper_type(given)
    if isinstance(proper, Instance) and proper.type.fullname == _COROUTINE:
        return proper.args[2]
    return proper


def _started(context: Context) -> FunctionLike:
    """The signature of what starts a workflow, as it is for the workflow that is given."""
    signature = context.default_signature
    for position, name in enumerate(signature.arg_names):
        if name in _WORKFLOW_PARAMETERS or (name is None and position == 0):
            given = context.args[position] if position < len(context.args) else []
            break
    else:
        return signature
    named = text_of(given[0]) if len(given) == 1 else None
    if named is not None:
        return _debouncing(context, signature, position, named)
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
    if awaited(made) is made:
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


def _check_beside_the_key(context: Context, workflow: CallableType, given: Expression) -> None:
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
    _check_call(context, workflow, call, rest)


def _check_call(
    context: Context,
    workflow: CallableType,
    call: CallExpr,
    given: list[tuple[Expression, ArgKind, str | None]],
) -> None:
    """Report what mypy has against some arguments of a call, as if the workflow were called."""
    arguments: list[Expression] = [argument for argument, _, _ in given]
    kinds: list[ArgKind] = [kind for _, kind, _ in given]
    checker: Any = context.api
    checker.expr_checker.check_call(workflow, arguments, kinds, call, [name for *_, name in given])


def _named(context: Context) -> FunctionLike:
    """The signature of what enqueues a workflow by its name; its arguments are checked."""
    signature, call = context.default_signature, context.context
    if "options" not in signature.arg_names or not isinstance(call, CallExpr):
        return signature
    given = context.args[signature.arg_names.index("options")]
    checker: Any = context.api
    name = named_in(given[0], checker.tree) if len(given) == 1 else None
    return _checked(context, call, name)


def _put_off(context: Context) -> FunctionLike:
    """The same for what debounces a workflow that was named when the debouncer was made."""
    call = context.context
    if not isinstance(call, CallExpr) or not isinstance(call.callee, MemberExpr):
        return context.default_signature
    checker: Any = context.api
    name = named_for(call.callee.expr, _DEBOUNCER_CLIENT, "workflow_options", checker.tree)
    return _checked(context, call, name)


def _checked(context: Context, call: CallExpr, name: str | None) -> CallableType:
    """The signature with the result of a workflow that a registry knows, its arguments checked.

    They are those that the signature takes as `*args` and `**kwargs`.
    """
    signature = context.default_signature
    checker: Any = context.api
    workflow = signature_of(checker.tree, checker.modules, name) if name is not None else None
    if workflow is None:
        return signature
    formals = zip(signature.arg_kinds, context.args, strict=False)
    taken = {id(each) for kind, args in formals if not kind.is_star() for each in args}
    rest = [
        (argument, kind, name)
        for argument, kind, name in zip(call.args, call.arg_kinds, call.arg_names, strict=True)
        if id(argument) not in taken
    ]
    _check_call(context, workflow, call, rest)
    return signature.copy_modified(ret_type=_handled(signature.ret_type, workflow.ret_type))


def _debouncing(
    context: Context,
    signature: CallableType,
    position: int,
    name: str,
) -> CallableType:
    """The signature of a debouncer's constructor for the workflow of a name.

    The debouncer takes anything where no registry has the name: mypy alone would let it take
    nothing at all.
    """
    checker: Any = context.api
    made = get_proper_type(signature.ret_type)
    if not isinstance(made, Instance) or made.type.fullname != _DEBOUNCER:
        return signature
    anything = AnyType(TypeOfAny.explicit)
    taken = Parameters([anything] * 2, [ARG_STAR, ARG_STAR2], [None] * 2, is_ellipsis_args=True)
    result: Type = anything
    workflow = signature_of(checker.tree, checker.modules, name)
    if workflow is not None:
        taken = Parameters(workflow.arg_types, workflow.arg_kinds, workflow.arg_names)
        result = workflow.ret_type
    types = list(signature.arg_types)
    types[position] = checker.named_type("builtins.str")
    return signature.copy_modified(
        arg_types=types, variables=(), ret_type=made.copy_modified(args=[taken, result])
    )


def _handled(given: Type, result: Type) -> Type:
    """A handle, or a coroutine that gives one, with the result of a workflow."""
    proper = get_proper_type(given)
    if not isinstance(proper, Instance) or not proper.args:
        return given
    if proper.type.fullname in _HANDLES:
        return proper.copy_modified(args=[result])
    if proper.type.fullname == _COROUTINE:
        return proper.copy_modified(args=[*proper.args[:2], _handled(proper.args[2], result)])
    return given
