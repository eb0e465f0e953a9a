"""unclear-patch: the name of a patch is computed, or used twice.

In: the analysed program. Out: the findings of DBS902. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.effects import Reach, Reached
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.rules.patching import PATCHES, at_places, patch_calls
from dbos_build.rules.rule import Rule
from dbos_build.syntax import exclude_each_other, parents_of


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Patches of each workflow whose name is not literal, or was used before."""
    return at_places(rule, program, _places)


def _places(reach: Reach) -> Iterator[tuple[Reached, ast.AST, str]]:
    """What is wrong with the patches that one workflow asks for."""
    known: dict[tuple[object, str], list[ast.AST]] = {}
    for call in patch_calls(reach):
        function = call.item.activation.function
        if call.names is None:
            yield call.item, call.node, "the name of a patch must be a literal"
        elif function is not None and call.is_asking and len(call.names) == 1:
            (name,) = call.names
            earlier = known.setdefault((function, name), [])
            parents = parents_of(function.node) if earlier else {}
            if any(not exclude_each_other(one, call.node, parents) for one in earlier):
                yield call.item, call.node, f"the patch {name!r} is asked for above already"
            if call.node not in earlier:
                earlier.append(call.node)


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
    looks=(PATCHES,),
)
