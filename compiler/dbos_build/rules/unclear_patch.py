"""unclear-patch: the name of a patch is computed, or used twice.

In: the analysed program. Out: the findings of DBS902. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.effects import Reach, Reached
from dbos_build.analysis.literals import api_calls, argument_of, texts_of
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.rules.rule import Rule, chain_to, once, per_workflow
from dbos_build.syntax import exclude_each_other, parents_of

_PATCHES = frozenset({"dbos.DBOS.patch", "dbos.DBOS.patch_async"})
_RETIRED = frozenset({"dbos.DBOS.deprecate_patch", "dbos.DBOS.deprecate_patch_async"})


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Patches of each workflow whose name is not literal, or was used before."""

    def found() -> Iterator[Finding]:
        for declaration, reach in per_workflow(program):
            for item, node, message in _places(reach):
                yield rule.finding(
                    item.activation.module.path,
                    node,
                    message,
                    workflow=declaration.name,
                    chain=chain_to(item, node, rule.name),
                )

    return once(found())


def _places(reach: Reach) -> Iterator[tuple[Reached, ast.AST, str]]:
    """What is wrong with the patches that one workflow asks for."""
    known: dict[tuple[object, str], list[ast.AST]] = {}
    for item in reach.reached:
        function = item.activation.function
        calls = sorted(api_calls(item.activation), key=lambda call: call[0].lineno)
        for node, api in calls:
            if api not in _PATCHES | _RETIRED:
                continue
            given = argument_of(node, "patch_name", 0) or argument_of(node, "name")
            names = texts_of(item.activation, given) if given is not None else None
            if names is None:
                yield item, node, "the name of a patch must be a literal"
            elif function is not None and api in _PATCHES and len(names) == 1:
                earlier = known.setdefault((function, names[0]), [])
                parents = parents_of(function.node) if earlier else {}
                if any(not exclude_each_other(one, node, parents) for one in earlier):
                    yield item, node, f"the patch {names[0]!r} is asked for above already"
                if node not in earlier:
                    earlier.append(node)


RULE = Rule(
    code="DBS902",
    name="unclear-patch",
    severity=Severity.ERROR,
    summary="the name of a patch is computed, or used twice",
    why=(
        "A patch is looked up in the history by its name: a computed one cannot be retired, and a "
        "second one with the same name gets the answer of the first."
    ),
    instead="Give every patch a literal name of its own.",
    bad=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(number: int) -> None:
    if DBOS.patch(f"p{number}"):  # flags: DBS902
        DBOS.sleep(1)
""",
    ),
    good=(
        """\
from dbos import DBOS


@DBOS.workflow()
def checkout(number: int) -> None:
    if DBOS.patch("pause"):
        DBOS.sleep(1)
""",
    ),
    check=check,
)
