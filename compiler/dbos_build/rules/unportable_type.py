"""unportable-type: a workflow with portable serialization takes or returns what JSON cannot hold.

In: the analysed program. Out: the findings of DBS856. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.program import Program
from dbos_build.analysis.storable import named_types
from dbos_build.analysis.surroundings import surrounding_engine
from dbos_build.findings import Finding, Severity
from dbos_build.names.symbols import Function
from dbos_build.rules.rule import Rule, once
from dbos_build.syntax import walk

_OPTIONS = frozenset({"serialization_type", "serializer", "serialization"})
_LOSSY = frozenset(
    {"builtins.set", "builtins.frozenset", "builtins.bytes", "builtins.bytearray"}
    | {"builtins.complex", "datetime.datetime", "datetime.date", "datetime.time"}
    | {"datetime.timedelta", "decimal.Decimal", "uuid.UUID", "fractions.Fraction"}
    | {"typing.Set", "typing.FrozenSet", "typing.AbstractSet", "collections.abc.Set"}
)
_MAPPINGS = frozenset({"dict", "Dict", "Mapping", "MutableMapping"})


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Signatures of portable workflows that name something beyond JSON."""

    def found() -> Iterator[Finding]:
        for item in (*program.workflows, *program.steps, *program.transactions):
            function = item.entity
            if isinstance(function, Function) and _is_portable(item.decorator):
                problem = next(_problems(program, function), None)
                if problem is not None:
                    message = f"`{problem}` is nothing that JSON can hold"
                    yield rule.finding(item.path, item.node, message)

    return once(found())


def _is_portable(decorator: ast.AST) -> bool:
    """Whether a decorator asks for portable serialization."""
    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
    return any(
        keyword.arg in _OPTIONS and "portable" in ast.unparse(keyword.value).lower()
        for keyword in keywords
    )


def _problems(program: Program, function: Function) -> Iterator[str]:
    """The parts of a signature that JSON cannot hold."""
    engine = surrounding_engine(program)
    taken = function.node.args
    arguments = [*taken.posonlyargs, *taken.args, *taken.kwonlyargs]
    annotations = [argument.annotation for argument in arguments]
    if isinstance(function.node, ast.FunctionDef | ast.AsyncFunctionDef):
        annotations.append(function.node.returns)

    def is_lossy(name: str, node: ast.expr) -> bool:
        return name in _LOSSY

    for annotation in annotations:
        for name, _ in named_types(engine, function.module, annotation, is_lossy):
            yield name.removeprefix("builtins.")
        yield from _odd_keys(annotation)


def _odd_keys(annotation: ast.expr | None) -> Iterator[str]:
    """The dictionaries in an annotation whose keys are no texts."""
    for node in walk(annotation) if annotation is not None else ():
        match node:
            case ast.Subscript(value=holder, slice=ast.Tuple(elts=[key, _])):
                name = getattr(holder, "attr", getattr(holder, "id", ""))
                kind = getattr(key, "attr", getattr(key, "id", ""))
                if isinstance(key, ast.Subscript):
                    kind = getattr(key.value, "attr", getattr(key.value, "id", ""))
                if name in _MAPPINGS and kind in {"int", "float", "bool", "tuple", "bytes"}:
                    yield ast.unparse(node)


RULE = Rule(
    code="DBS856",
    name="unportable-type",
    severity=Severity.WARNING,
    summary="a workflow with portable serialization takes or returns what JSON cannot hold",
    why=(
        "Portable values are JSON, so that programs in other languages can read them: sets, "
        "bytes, dates and keys that are no text come back as something else, or are refused."
    ),
    instead="Use lists, texts and numbers; write dates as ISO text.",
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow(serialization_type="portable")
def names(count: int) -> set[str]:  # flags: DBS856
    return {str(count)}
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow(serialization_type="portable")
def names(count: int) -> list[str]:
    return [str(count)]
""",
    ),
    check=check,
)
