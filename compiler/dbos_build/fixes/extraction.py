"""The fix extract-step: a nondeterministic expression becomes a step above the function it is in.

In: a draft and a finding. Out: a change with the call and, unless the same step exists, its
definition. Never does: move a call that may itself be durable; take a value for recordable that is
known not to be (an open file, a process); reorder what the function does.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

import libcst as cst

from dbos_build.findings import Finding
from dbos_build.fixes import blocks, names, parameters, step_names, steps
from dbos_build.fixes.change import Change, Edit, Unfixable
from dbos_build.fixes.draft import Draft
from dbos_build.fixes.filling import filled_around
from dbos_build.fixes.names import dotted
from dbos_build.fixes.parameters import Move
from dbos_build.fixes.step_names import ENVIRONMENT
from dbos_build.fixes.steps import Step

# What these give is bound to this process, or is done to an argument; a step cannot return it.
UNRECORDABLE = frozenset(
    {
        "open",
        "io.open",
        "os.fdopen",
        "os.scandir",
        "random.shuffle",
        "random.seed",
        "subprocess.Popen",
        "socket.socket",
        "socket.create_connection",
        "tempfile.NamedTemporaryFile",
        "tempfile.TemporaryDirectory",
        "tempfile.TemporaryFile",
        "urllib.request.urlopen",
        "http.client.HTTPConnection",
        "http.client.HTTPSConnection",
        "smtplib.SMTP",
        "smtplib.SMTP_SSL",
        "ftplib.FTP",
        "requests.Session",
        "httpx.Client",
        "httpx.AsyncClient",
        "aiohttp.ClientSession",
        "zipfile.ZipFile",
        "tarfile.open",
        "sqlite3.connect",
    }
)
VIEWS = ("items", "keys", "values", "iterdir", "glob", "rglob", "iglob", "walk", "iter_lines")
DATA = ("os.", "sys.", "time.timezone", "time.tzname", "time.altzone", "time.daylight")
SIDE_EFFECTS = frozenset({"DBS201", "DBS202", "DBS203", "DBS204", "DBS206"})

_EXPRESSIONS = (cst.Call, cst.Attribute, cst.Subscript, cst.Name, cst.Await)


def extract_step(draft: Draft, finding: Finding) -> Change:
    """Move the expression of a finding into a step. Raises Unfixable with the reason."""
    expression = _grown(draft, _flagged(draft, finding), finding.code)
    kept = filled_around(draft, expression)
    if kept is not None:
        raise Unfixable(
            f"it runs only while `{kept}` is not there: some runs would record a step here, and "
            f"some not; fill `{kept}` when the module is imported, or in a step"
        )
    block = blocks.around(draft, expression) if finding.code in SIDE_EFFECTS else None
    if block is not None:
        return blocks.extract_block(draft, block, _title(draft, expression, finding), finding)
    asynchronous = must_await(draft, expression)
    discarded = isinstance(draft.parents.get(expression), cst.Expr)
    _refuse(draft, expression, finding, discarded)
    moved = parameters.move(draft, expression, receiver=_receiver(draft, finding, expression))
    title = _title(draft, expression, finding)
    step = Step(
        wanted=title.name,
        summary=title.summary,
        parameters=moved.parameters,
        local_imports=moved.imports,
        statements=returning(draft, moved, expression, discarded),
        returns=_result(draft, expression, title.returns, discarded),
        asynchronous=asynchronous,
    )
    written = steps.write(draft, expression, step)
    start, end = draft.span(expression)
    return Change(
        edits=(Edit(start, end, draft.embed(expression, written.call)),),
        definitions=written.definitions,
        imports=written.imports,
        caution=_caution(finding, moved),
    )


def _title(draft: Draft, expression: cst.BaseExpression, finding: Finding) -> step_names.Title:
    """What to call the step; the analysis knows what is called where the file does not show it."""
    calls = list(calls_along(draft, expression))
    if calls and not calls[0].names and draft.meaning(finding):
        meaning = draft.meaning(finding).removeprefix("builtins.")
        calls[0] = replace(calls[0], names=frozenset({meaning}))
    return step_names.title(calls, first_text(expression))


def _flagged(draft: Draft, finding: Finding) -> cst.BaseExpression:
    found = draft.find(finding, lambda node: isinstance(node, _EXPRESSIONS))
    assert isinstance(found, _EXPRESSIONS)
    return found


def _grown(draft: Draft, flagged: cst.BaseExpression, code: str) -> cst.BaseExpression:
    """The expression that moves: the flagged call and, for side effects, what follows on it.

    The result of a request or an open file cannot be recorded, but what is read from it can. What
    a clock or a generator gives can be, and is of more use as it is.
    """
    node = flagged
    while True:
        settled = isinstance(node, cst.Call | cst.Subscript) and code not in SIDE_EFFECTS
        parent = draft.parents.get(node)
        match parent:
            case cst.Call() if parent.func is node and not isinstance(node, cst.Call):
                node = parent
            case cst.Attribute() | cst.Subscript() if parent.value is node and not settled:
                node = parent
            case cst.Await() if parent.expression is node:
                node = parent
            case _:
                return _membership(draft, node)


def _membership(draft: Draft, node: cst.BaseExpression) -> cst.BaseExpression:
    """`"NAME" in os.environ` as a whole, for the mapping itself is not a value to record."""
    parent = draft.parents.get(node)
    if isinstance(parent, cst.ComparisonTarget) and isinstance(parent.operator, cst.In | cst.NotIn):
        comparison = draft.parents.get(parent)
        if isinstance(comparison, cst.Comparison) and "os.environ" in draft.qualified(node):
            return comparison
    return node


def must_await(draft: Draft, expression: cst.BaseExpression) -> bool:
    """Whether the step has to be a coroutine; refuses places where its call cannot stand."""
    function = draft.function_around(expression)
    if function is None:
        raise Unfixable("the expression runs when the module is loaded, not in a function")
    if draft.runs_in_coroutine(expression):
        return True
    outer = draft.enclosing(expression, cst.FunctionDef)
    if outer is not None and outer.asynchronous is not None:
        raise Unfixable("`await` cannot stand in a lambda or generator expression")
    return False


def _refuse(draft: Draft, node: cst.BaseExpression, finding: Finding, discarded: bool) -> None:
    """Raise Unfixable for expressions that mean nothing in another function."""
    if is_target(draft, node) or isinstance(draft.parents.get(node), cst.WithItem):
        raise Unfixable("it is not a value that is read")
    if discarded and finding.code not in SIDE_EFFECTS:
        raise Unfixable("its result is not used")
    inner = node.expression if isinstance(node, cst.Await) else node
    last = inner.func if isinstance(inner, cst.Call) else inner
    if draft.qualified(last) & UNRECORDABLE and not discarded:
        raise Unfixable(f"what `{dotted(last)}` gives cannot be recorded")
    read = finding.code == "DBS302" or not dotted(inner)
    if not read and not any(name.startswith(DATA) for name in draft.qualified(inner)):
        raise Unfixable(f"`{draft.code(inner)}` is passed on, not called")


def is_target(draft: Draft, node: cst.BaseExpression) -> bool:
    """Whether a node is written to or deleted."""
    parent = draft.parents.get(node)
    match parent:
        case cst.AssignTarget() | cst.Del():
            return True
        case cst.AugAssign() | cst.AnnAssign() | cst.For() | cst.CompFor():
            return parent.target is node
    return False


def calls_along(draft: Draft, expression: cst.BaseExpression) -> Iterator[step_names.Call]:
    """The calls and lookups along an expression, innermost first."""
    chain: list[cst.BaseExpression] = []
    node: cst.BaseExpression = expression
    if isinstance(node, cst.Comparison):
        node = node.comparisons[0].comparator
    while True:
        chain.append(node)
        match node:
            case cst.Await():
                node = node.expression
            case cst.Call():
                node = node.func
            case cst.Attribute() | cst.Subscript():
                node = node.value
            case _:
                break
    outermost = next((each for each in chain if not isinstance(each, cst.Await)), expression)
    for node in reversed(chain):
        if isinstance(node, cst.Call):
            function = node.func
            word = function.attr.value if isinstance(function, cst.Attribute) else dotted(function)
            yield step_names.Call(draft.qualified(function), word, node is outermost)
    if not any(isinstance(node, cst.Call) for node in chain):
        word = next((dotted(node) for node in chain if dotted(node)), "").rpartition(".")[2]
        found = frozenset().union(*(draft.qualified(node) for node in chain if dotted(node)))
        yield step_names.Call(found, word, is_last=True, is_call=False)


def first_text(expression: cst.BaseExpression) -> str | None:
    """The first string constant in an expression."""
    waiting: list[cst.CSTNode] = [expression]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, cst.SimpleString):
            value = node.evaluated_value
            return value if isinstance(value, str) else None
        waiting = [*node.children, *waiting]
    return None


def returning(draft: Draft, moved: Move, node: cst.BaseExpression, discarded: bool) -> str:
    """The statement that evaluates the expression in the step."""
    text = steps.dedented(moved.text, draft.indentation_of(node))
    if "\n" in text and not _stands_alone(text):
        text = f"({text})"
    if discarded:
        return text
    wrapper = _wrapper(draft, node)
    return f"return {wrapper}({text})" if wrapper else f"return {text}"


def _wrapper(draft: Draft, node: cst.BaseExpression) -> str:
    """What turns a view or iterator into a value that can be recorded, "" for other values."""
    inner = node.expression if isinstance(node, cst.Await) else node
    if "os.environ" in draft.qualified(inner):
        return "dict"
    if "sys.version_info" in draft.qualified(inner):
        return "tuple"
    function = inner.func if isinstance(inner, cst.Call) else None
    word = function.attr.value if isinstance(function, cst.Attribute) else ""
    return "list" if word in VIEWS else ""


def _result(draft: Draft, node: cst.BaseExpression, known: str, discarded: bool) -> names.Reference:
    """The annotation of what the step returns, as far as it is certain."""
    if discarded:
        return names.Reference("None")
    if _wrapper(draft, node):
        return names.Reference("")
    if not known:
        returned = isinstance(draft.parents.get(node), cst.Return)
        return names.Reference(steps.returned_type(draft, node) if returned else "")
    if known == ENVIRONMENT:
        return names.Reference(_environment_type(node))
    module, _, name = known.rpartition(".")
    if not module or not module.isidentifier():
        return names.Reference(known)
    try:
        return names.refer(draft, module, name, draft.top_level(node))
    except Unfixable:  # The name means another thing here; an annotation is not worth a refusal.
        return names.Reference("")


def _environment_type(node: cst.BaseExpression) -> str:
    """What reading one variable of the environment gives."""
    if isinstance(node, cst.Comparison):
        return "bool"
    if not isinstance(node, cst.Call):
        return "str" if isinstance(node, cst.Subscript) else ""
    if len(node.args) == 1:
        return "str | None"
    given = len(node.args) == 2 and isinstance(node.args[1].value, cst.SimpleString)
    return "str" if given else ""


def _receiver(draft: Draft, finding: Finding, node: cst.BaseExpression) -> str | None:
    """The annotation of the object whose method is called, None unless it is a path."""
    if not draft.meaning(finding).startswith("pathlib."):
        return None
    try:
        path = names.refer(draft, "pathlib", "Path", draft.top_level(node))
    except Unfixable:
        return ""
    return "" if path.imports else path.text


def _stands_alone(text: str) -> bool:
    """Whether a text of several lines is one expression without parentheses around it."""
    try:
        return len(ast.parse(f"async def f():\n return {text}").body) == 1
    except SyntaxError:
        return False


def _caution(finding: Finding, moved: Move) -> str | None:
    if finding.code == "DBS101" and moved.parameters:
        return "the arguments of the step must be serialisable"
    return None
