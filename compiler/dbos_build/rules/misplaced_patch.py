"""misplaced-patch: a patch is asked for where it cannot work.

In: the analysed program. Out: the findings of DBS905. Never does: look at source text itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from dbos_build.analysis.literals import api_calls
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Severity
from dbos_build.interpreter.machine import Activation, Boundary, Target
from dbos_build.interpreter.values import NOTHING, Coroutine
from dbos_build.names.mentions import CONFIGURATION_CALL, PATCHING_SWITCH
from dbos_build.rules.coroutines import GATHER, calls_of
from dbos_build.rules.looks import per_activation, per_call
from dbos_build.rules.patching import ASKING, RETIRING
from dbos_build.rules.rule import Rule, noted, once
from dbos_build.syntax import every

_OPERATIONS = ASKING | RETIRING


def check(rule: Rule, program: Program) -> Iterable[Finding]:
    """Patches in steps, beside other operations, or without the switch."""
    found = noted(rule, program, ("step", "transaction"), _in_a_step)
    found += noted(rule, program, ("workflow",), _at_once)
    asked = noted(rule, program, ("workflow",), _without_switch)
    if asked and _is_switched_off(program):
        found += asked
    return once(found)


@per_call(*_OPERATIONS)
def _in_a_step(target: Target) -> str | None:
    """What is wrong with a call in a step, if it is a patch."""
    if isinstance(target, Boundary) and target.name in _OPERATIONS:
        return "a patch is asked for in a step; only a workflow can"
    return None


@per_activation(*_OPERATIONS)
def _without_switch(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """Every patch, in a program that does not enable them."""
    for node, name in api_calls(activation):
        if name in _OPERATIONS:
            yield node, f"patches need {PATCHING_SWITCH}=True in the configuration of this program"


@per_activation(*GATHER)
def _at_once(activation: Activation) -> Iterator[tuple[ast.AST, str]]:
    """Patches among what `asyncio.gather` runs at once."""
    for gather in calls_of(activation, GATHER):
        for argument in gather.args if len(gather.args) > 1 else ():
            for atom in activation.values.get(argument, NOTHING).atoms:
                if isinstance(atom, Coroutine) and atom.subject in _OPERATIONS:
                    yield argument, "a patch is asked for while other operations run"


def _is_switched_off(program: Program) -> bool:
    """Whether the program is configured by a dictionary in the source that has no such switch.

    A configuration that is not written out may have it.
    """
    configured = False
    for module in program.modules:
        if PATCHING_SWITCH in module.text:
            return False
        if module.tree is None or CONFIGURATION_CALL not in module.text:
            continue
        dictionaries = _dictionaries(module.tree)
        for node in every(module.tree, ast.Call):
            config = _configuration(node)
            if config is None:
                continue
            if isinstance(config, ast.Name):
                config = dictionaries.get(config.id, config)
            if not isinstance(config, ast.Dict) or None in config.keys:
                return False
            configured = True
    return configured


def _configuration(node: ast.AST) -> ast.expr | None:
    """The `config` of a call `DBOS(config=…)`."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name == "DBOS":
            return next((k.value for k in node.keywords if k.arg == "config"), None)
    return None


def _dictionaries(tree: ast.Module) -> dict[str, ast.expr]:
    """The variables of a module, or of its functions, that are assigned a dictionary."""
    found: dict[str, ast.expr] = {}
    for node in every(tree, ast.Assign, ast.AnnAssign):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found[name] = value
    return found


RULE = Rule(
    code="DBS905",
    name="misplaced-patch",
    severity=Severity.ERROR,
    summary="a patch is asked for where it cannot work",
    why=(
        "Patches need `enable_patching` in the configuration, which also changes how versions are "
        "compared, and a place of their own in the history of a workflow: a step has none, and "
        "operations that run at once have no order."
    ),
    instead=(
        "Set enable_patching to True in the configuration, and ask in the workflow, before the "
        "operations."
    ),
    bad=(
        """\
from dbos import DBOS


@DBOS.step()
def charge(name: str) -> str:
    return "new" if DBOS.patch("new-price") else name  # flags: DBS905
""",
    ),
    good=(
        """\
from dbos import DBOS

DBOS(config={"name": "shop", "enable_patching": True})


@DBOS.workflow()
def checkout(name: str) -> str:
    if DBOS.patch("pause"):
        DBOS.sleep(1)
    return name
""",
    ),
    check=check,
    looks=(_in_a_step, _at_once, _without_switch),
    needs_whole=True,
)
