"""large-payload: a whole file, or a very large literal, is an argument or a result.

In: the analysed program. Out: the findings of DBS854. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.program import Program
from dbos_build.analysis.texts import assigned_to
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation, Use
from dbos_build.interpreter.values import NOTHING, Constant
from dbos_build.rules.coroutines import is_durable
from dbos_build.rules.looks import per_activation
from dbos_build.rules.rule import Rule, noted, noted_results, once
from dbos_build.syntax import own

_READING = frozenset({"read", "read_bytes", "read_text", "readlines"})
_FILES = ("io.", "pathlib.", "aiofiles.", "gzip.", "bz2.", "lzma.")
_LARGE = 1_000_000


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Large results of durable functions and large arguments of operations."""
    kinds = ("workflow", "step", "transaction")
    return once((*noted_results(rule, program, _returned), *noted(rule, program, kinds, _passed)))


@per_activation(ast.Return)
def _returned(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """The large results of one function."""
    function = activation.function
    for node in own(function.node, ast.Return) if function is not None else ():
        if node.value is not None and _is_large(activation, node.value):
            yield node, "this result is stored whole in the database"


@per_activation("workflow", "step", "transaction", "api")
def _passed(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """The operations of one function that are given something large."""
    for call, targets in activation.calls.items():
        if isinstance(call, ast.Call) and any(map(is_durable, targets)):
            passed = (*call.args, *(keyword.value for keyword in call.keywords))
            if any(_is_large(activation, argument) for argument in passed):
                yield call, "this argument is stored whole in the database"


def _is_large(activation: Activation, node: ast.expr) -> bool:
    """Whether an expression is a file's whole content or a very large literal."""
    if isinstance(node, ast.Await):
        node = node.value
    if isinstance(node, ast.Name) and activation.function is not None:
        sources = assigned_to(activation.function.node, node.id)
        if len(sources) != 1 or sources[0] is None:
            return False
        node = sources[0]
    if isinstance(node, ast.Call) and not node.args:
        for target in activation.calls.get(node, ()):
            if isinstance(target, Use) and target.name.startswith(_FILES):
                return target.name.rpartition(".")[2] in _READING
    return _size(activation, node) >= _LARGE


def _size(activation: Activation, node: ast.expr) -> int:
    """How many elements a literal has; 0 when that is not said."""
    match node:
        case ast.Constant(value=str() | bytes() as text):
            return len(text)
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return len(parts)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return max(
                _size(activation, left) * _number(activation, right),
                _size(activation, right) * _number(activation, left),
            )
        case ast.Call(func=ast.Name(id="bytes" | "bytearray"), args=[length]):
            return _number(activation, length)
    return 0


def _number(activation: Activation, node: ast.expr) -> int:
    """The whole number an expression surely is, or 0."""
    atoms = activation.values.get(node, NOTHING).atoms
    found = [a.value for a in atoms if isinstance(a, Constant) and isinstance(a.value, int)]
    return found[0] if len(found) == 1 == len(atoms) else 0


RULE = Rule(
    code="DBS854",
    name="large-payload",
    severity=Severity.INFO,
    summary="a whole file, or a very large literal, is an argument or a result",
    why=(
        "Arguments and results are stored in the database with every run, and read back at "
        "recovery."
    ),
    instead="Pass a path or a key, and keep the content where files belong.",
    bad=(
        """\
from pathlib import Path

from dbos import DBOS


@DBOS.step()
def load(name: str) -> bytes:
    return Path(name).read_bytes()  # flags: DBS854
""",
    ),
    good=(
        """\
import hashlib
from pathlib import Path

from dbos import DBOS


@DBOS.step()
def digest(name: str) -> str:
    return hashlib.sha256(Path(name).read_bytes()).hexdigest()
""",
    ),
    check=check,
    looks=(_returned, _passed),
)
