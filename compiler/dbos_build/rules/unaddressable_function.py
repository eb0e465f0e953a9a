"""unaddressable-function: a durable function is inside another function, or not registered.

In: the analysed program. Out: the findings of DBS812. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import pairwise

from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.neighbourhood import neighbourhood
from dbos_build.analysis.program import Program
from dbos_build.analysis.surroundings import surrounding_engine
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.durable import DECORATORS
from dbos_build.interpreter.engine import Engine
from dbos_build.interpreter.machine import Frame
from dbos_build.interpreter.values import External
from dbos_build.names.symbols import statements
from dbos_build.rules.looks import kept
from dbos_build.rules.rule import Rule, declared_on, once
from dbos_build.syntax import blocks_below, walk


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Durable functions nested in functions."""

    def found() -> Iterator[Finding]:
        durable = (*program.workflows, *program.steps, *program.transactions)
        repeated = _repeated(program.engine, durable)
        for declaration in durable:
            message = _message(declaration, repeated)
            if message is not None and _is_named(declaration, repeated):
                if declaration.kind == "workflow":
                    late, warning = _late(declaration), Severity.WARNING
                    yield rule.finding(declaration.path, declaration.node, late, severity=warning)
            elif message is not None and _is_renamed(declaration, repeated):
                again, warning = _again(declaration), Severity.WARNING
                yield rule.finding(declaration.path, declaration.node, again, severity=warning)
            elif message is not None:
                yield rule.finding(declaration.path, declaration.node, message)
            elif _has_computed_name(declaration):
                message = "its `name=` is no literal, so a build cannot know what it is called"
                yield rule.finding(declaration.path, declaration.node, message)
            elif _lacks_parentheses(program, declaration):
                written = ast.unparse(declaration.decorator)
                message = f"write `@{written}()`: without parentheses nothing is registered"
                yield rule.finding(declaration.entity.module.path, declaration.decorator, message)
        yield from _without_sign(rule, program)

    return once(found())


def _is_named(declaration: Declaration, repeated: frozenset[ast.AST]) -> bool:
    """Whether a function made by another one has, or may have, a name from its decorator.

    That is all a step needs: nobody looks it up but the workflow, which has it in hand.
    """
    decorator = declaration.decorator
    given = [k.arg for k in decorator.keywords] if isinstance(decorator, ast.Call) else []
    return ("name" in given or None in given) and declaration.node not in repeated


def _is_renamed(declaration: Declaration, repeated: frozenset[ast.AST]) -> bool:
    """Whether a step without a name of its own is made by another function: it works by hand."""
    is_nested = declaration.kind != "workflow" and declaration.node not in repeated
    return is_nested and "<lambda>" not in declaration.qualname


def _again(declaration: Declaration) -> str:
    """What a step that a function makes is recorded as."""
    maker, _, made = declaration.qualname.rpartition(".<locals>.")
    return (
        f"the {declaration.kind} `{made}` is made anew whenever `{maker}` runs, and recorded under "
        f"that name as well; define it at the top of the module, or give it a `name=`"
    )


def _lacks_parentheses(program: Program, declaration: Declaration) -> bool:
    """Whether a decorator is named, not called; those of datasources take the function as well."""
    is_named = not isinstance(declaration.decorator, ast.Call | ast.Lambda)
    return is_named and not declared_on(program, declaration).endswith("Datasource")


def _late(declaration: Declaration) -> str:
    """What a workflow that a factory makes under a name of its own relies on."""
    maker, _, made = declaration.qualname.rpartition(".<locals>.")
    return (
        f"the workflow `{made}` exists once `{maker or 'the module'}` has run: "
        "recovery finds it only when that happens before `DBOS.launch()`"
    )


def _has_computed_name(declaration: Declaration) -> bool:
    """Whether the name it is registered under is only known when the decorator runs."""
    decorator = declaration.decorator
    if not isinstance(decorator, ast.Call) or declaration.kind == "class":
        return False
    is_given = any(keyword.arg == "name" for keyword in decorator.keywords)
    return is_given and "name" not in declaration.options


def _without_sign(rule: Rule, program: Program) -> Iterator[Finding]:
    """Decorators that stand above a definition as plain statements."""
    engine = surrounding_engine(program)
    for scope in neighbourhood(program.engine):
        module = engine.module_activation(scope.module)
        frame = Frame(module, {})
        for statement, named, following in kept(
            module, "above definitions", partial(_above_definitions, scope.module.tree)
        ):
            for atom in engine.evaluate(named, frame).atoms:
                if isinstance(atom, External) and atom.name == f"dbos.DBOS.{named.attr}":
                    message = f"write `@` before it: `{following.name}` is not decorated"
                    yield rule.finding(scope.module.path, statement, message)


_Above = tuple[ast.Expr, ast.Attribute, "_Definition"]


def _above_definitions(tree: ast.Module | None) -> tuple[_Above, ...]:
    """The statements directly above a definition that name a decorator, and what they name."""
    found: list[_Above] = []
    for _, body in blocks_below(tree) if tree is not None else ():
        for statement, following in pairwise(body):
            if isinstance(statement, ast.Expr) and isinstance(following, _DEFINITIONS):
                called = statement.value
                named = called.func if isinstance(called, ast.Call) else called
                if isinstance(named, ast.Attribute) and named.attr in DECORATORS:
                    found.append((statement, named, following))
    return tuple(found)


_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _message(declaration: Declaration, repeated: frozenset[ast.AST]) -> str | None:
    """What is wrong with a declaration, if anything."""
    is_local = any(mark in declaration.qualname for mark in ("<locals>", "<lambda>"))
    if is_local or declaration.node in repeated:
        return f"the {declaration.kind} `{declaration.name}` is not at the top of a module or class"
    return None


def _repeated(engine: Engine, declarations: Iterable[Declaration]) -> frozenset[ast.AST]:
    """What stands in a loop of a module, so that its last round replaces the others."""
    modules = dict.fromkeys(declaration.entity.module for declaration in declarations)
    return frozenset().union(
        *(
            kept(engine.module_activation(module), "in loops", partial(_in_loops, module.tree))
            for module in modules
        )
    )


def _in_loops(tree: ast.Module | None) -> frozenset[ast.AST]:
    """What stands in a loop of one module."""
    return frozenset(
        part
        for loop in (statements(tree.body) if tree is not None else ())
        if isinstance(loop, ast.For | ast.While)
        for part in walk(loop)
    )


RULE = Rule(
    code="DBS812",
    name="unaddressable-function",
    severity=Severity.ERROR,
    summary="a durable function is nested in another one, or its decorator is not applied",
    why=(
        "Recovery finds functions by module and name; one that exists only while another runs "
        "cannot be found, and neither can one whose decorator lacks its `@` or its parentheses. "
        "One that a factory registers with `name=` is found if the factory ran before the "
        "launch, which nobody can see from here: that is a warning. So is a nested step: its "
        "workflow has it in hand, but it is recorded under the names of both functions."
    ),
    instead=(
        "Define it at the top of the module or in a class, and pass what it needs as arguments."
    ),
    bad=(
        """\
from dbos import DBOS


def make() -> object:
    @DBOS.workflow()
    def checkout() -> str:  # flags: DBS812
        return "done"

    return checkout


made = make()
""",
        """\
from dbos import DBOS

REGION = str(len(__file__))


@DBOS.workflow(name=f"checkout-{REGION}")
def checkout() -> str:  # flags: DBS812
    return "done"
""",
        """\
from dbos import DBOS


@DBOS.step  # flags: DBS812
def charge(name: str) -> str:
    return name


DBOS.workflow()  # flags: DBS812
def checkout(name: str) -> str:
    return charge(name)
""",
    ),
    good=(
        """\
from dbos import DBOS


class Shop:
    @staticmethod
    @DBOS.workflow()
    def checkout() -> str:
        return "done"
""",
    ),
    check=check,
)
