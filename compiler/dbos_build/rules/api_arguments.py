"""Arguments of the API: the calls of the runtime that give what it does not take.

In: the analysed program. Out: places with messages, for the rules that own them: options of steps,
options of queues, and everything else. Never does: judge the arguments of a workflow.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable, Iterator

from dbos_build.analysis.literals import api_calls, is_called_itself
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding
from dbos_build.interpreter.machine import Activation
from dbos_build.names.interface import Entry, entry, members
from dbos_build.rules.looks import kept, per_activation
from dbos_build.rules.rule import Rule, made_by
from dbos_build.rules.survey import Survey, survey_of

_OWNERS = frozenset({"DBOS", "Queue", "DBOSClient", "Debouncer", "WorkflowHandle"})
_QUEUES = frozenset({"Queue", "DBOS.register_queue", "DBOS.register_queue_async"})
_STEPS = frozenset({"DBOS.step"})


def wrong_options(rule: Rule, program: Program, names: str) -> Iterator[Finding]:
    """Findings for calls with arguments that they do not take.

    `names` says of what: "queues", "steps" or "others".
    """
    survey = survey_of(program, rule.looks)
    chosen = {"queues": _QUEUES, "steps": _STEPS}.get(names)
    for path, node, name in survey.once("misused api", lambda: list(_misused(program, survey))):
        is_other = name not in _QUEUES and name not in _STEPS
        if name in chosen if chosen is not None else is_other:
            message = _problem(node, name)
            if message is not None:
                yield rule.finding(path, node, message)


@per_activation("api")
def wrong_calls(activation: Activation) -> Iterator[tuple[ast.Call, str]]:
    """The calls of the runtime in one function with arguments that they do not take."""
    for node, name in api_calls(activation):
        plain = name.removeprefix("dbos.")
        if is_called_itself(activation, node) and _problem(node, plain) is not None:
            yield node, plain


def _misused(program: Program, survey: Survey) -> Iterator[tuple[str, ast.Call, str]]:
    """Wrong calls of the runtime, also as decorators: path, call and name below `dbos`."""
    for activation, node, name in survey.everywhere(wrong_calls):
        yield activation.module.path, node, name
    for declared in program.engine.declared.values():
        made = declared.node
        if not (isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute)):
            continue
        called = made.func.attr
        module = program.engine.module_activation(declared.module)
        wrong: dict[ast.AST, bool] = kept(module, "wrong decorators", dict)
        if made not in wrong:
            wrong[made] = _problem(made, f"DBOS.{called}") is not None
        if wrong[made]:  # Only then it pays to ask whose it is.
            owner = made_by(program, made, declared.module).removeprefix("dbos.")
            if owner:
                yield declared.module.path, made, f"{owner}.{called}"


def _problem(node: ast.Call, name: str) -> str | None:
    """What is wrong with the arguments of one call, if anything."""
    known = entry(f"dbos.{name}")
    if known is None:
        owner, _, tail = name.rpartition(".")
        if owner not in _OWNERS:
            return None
        return f"`{owner}` has no `{tail}`{_hint(tail, members(owner))}"
    if known.role in {"type", "value", "internal"}:
        return None
    return _strange(node, known) or _count(node, known)


def _strange(node: ast.Call, known: Entry) -> str | None:
    """A keyword that is not taken, or is given by position as well."""
    if known.takes_keywords:
        return None
    names = [each.name for each in known.parameters]
    by_position = [each.name for each in known.by_position[: len(node.args)]]
    for keyword in node.keywords:
        if keyword.arg is not None and keyword.arg not in names:
            return f"`{known.name}` takes no argument `{keyword.arg}`{_hint(keyword.arg, names)}"
        if keyword.arg in by_position and not _is_open(node):
            return f"`{known.name}` is given `{keyword.arg}` twice"
    return None


def _count(node: ast.Call, known: Entry) -> str | None:
    """Too many arguments, or too few."""
    if _is_open(node):
        return None
    taken = known.by_position
    if len(node.args) > len(taken) and not known.takes_more:
        return f"`{known.name}` takes {len(taken)} arguments by position, not {len(node.args)}"
    given = {each.name for each in taken[: len(node.args)]}
    given |= {keyword.arg for keyword in node.keywords if keyword.arg}
    missing = [each.name for each in known.parameters if each.is_required]
    missing = [each for each in missing if each not in given]
    return f"`{known.name}` needs the argument `{missing[0]}`" if missing else None


def _is_open(node: ast.Call) -> bool:
    """Whether a call hands on arguments that cannot be counted here."""
    return any(isinstance(each, ast.Starred) for each in node.args) or any(
        keyword.arg is None for keyword in node.keywords
    )


def _hint(name: str, names: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, sorted(names), n=1)
    return f"; did you mean `{close[0]}`?" if close else ""
