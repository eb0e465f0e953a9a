"""What a rule is, and the parts that rules share.

In: an analysed program. Out: findings. A rule is a frozen value in a module of its own: code, name,
severity, the words that explain it, examples that are tests and documentation, and a check that
yields findings. Never does: print, or remember anything between runs.

Rules have few shapes, from cheap to dear in an editor, where every keystroke is a run:

- `per_call` or `per_activation` above a function makes a look of it, which sees one function alone
  (`looks`). `flags_in("workflow", …)` flags what it notes in what such functions run,
  `flags_anywhere()` in all code. Only functions that changed are looked at again.
- `judged_in(…, judge=…)`: the look notes candidates, and `judge` decides at every run, when it may
  ask what other functions do. Candidates should be few.
- A check of its own goes over `survey_of(program, rule.looks)`: over notes (`everywhere`,
  `in_plain_code`, `visits`), module-level calls, and what `once` keeps for other rules.
- `effect_check` and `taint_check` go over what the analysis says workflows reach.

No check goes through all functions by itself.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.effects import Occurrence, Reach, Reached, links
from dbos_build.analysis.guards import outside_steps
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding, Link, Severity
from dbos_build.fixes.catalogue import fixability
from dbos_build.interpreter.machine import Activation, Frame
from dbos_build.interpreter.values import External
from dbos_build.names.symbols import Function
from dbos_build.reading.module import Module
from dbos_build.rules.looks import Look
from dbos_build.rules.survey import survey_of

Check = Callable[["Rule", Program], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `bad` and `good` are whole modules; lines of `bad` that are flagged say so.

    `summary` completes "a workflow …"; `why` and `instead` are sentences for people. `needs` says
    what a rule waits for: "" for nothing, "strict" for --strict or its name, "name" for its name,
    "baseline" for an older build to compare with; then `before` is what the examples were before.

    `looks` are what the rule looks for in one function. `check` makes findings of what they noted,
    and of what concerns the whole program; most rules are content with `flags_in`. `needs_whole`
    marks rules whose findings more code may take back, as what is nowhere in the program, or word
    otherwise.
    """

    code: str
    name: str
    severity: Severity
    summary: str
    why: str
    instead: str
    bad: tuple[str, ...]
    good: tuple[str, ...]
    check: Check
    needs: str = ""
    before: str = ""
    looks: tuple[Look, ...] = ()
    needs_whole: bool = False

    def run(self, program: Program) -> Iterator[Finding]:
        """The findings of this rule in a program."""
        yield from self.check(self, program)

    def finding(
        self,
        path: str,
        node: ast.AST,
        message: str,
        *,
        severity: Severity | None = None,
        workflow: str | None = None,
        chain: tuple[Link, ...] = (),
    ) -> Finding:
        """A finding of this rule at a node."""
        line = getattr(node, "lineno", 1)
        column = getattr(node, "col_offset", 0) + 1
        return Finding(
            code=self.code,
            name=self.name,
            severity=severity or self.severity,
            message=message,
            path=path,
            line=line,
            column=column,
            end_line=getattr(node, "end_lineno", None) or line,
            end_column=(getattr(node, "end_col_offset", None) or column) + 1,
            workflow=workflow,
            chain=chain,
            fix=fixability(self.code),
        )


def reaching(
    rule: Rule, program: Program, what: Callable[[Occurrence], str | None]
) -> list[Finding]:
    """One finding per place for the effects that `what` has a message for.

    The finding names the first workflow, by name, that reaches the place, and how many more do.
    """
    found: dict[tuple[str, int, int], Finding] = {}
    others: dict[tuple[str, int, int], set[str]] = {}
    for occurrence in program.occurrences:
        message = what(occurrence)
        if message is None:
            continue
        severity = rule.severity
        if occurrence.is_harmless and severity is Severity.ERROR:
            severity = Severity.WARNING
        path = occurrence.activation.module.path
        finding = rule.finding(
            path,
            occurrence.node,
            message,
            severity=severity,
            workflow=occurrence.workflow,
            chain=occurrence.chain,
        )
        place = (path, finding.line, finding.column)
        others.setdefault(place, set()).add(occurrence.workflow)
        known = found.get(place)
        if known is None:
            found[place] = finding
        elif known.severity is Severity.WARNING and severity is Severity.ERROR:
            found[place] = replace(known, severity=severity)
    return [_with_others(finding, others[place]) for place, finding in found.items()]


def _with_others(finding: Finding, workflows: set[str]) -> Finding:
    """Mention the other workflows that reach the same place."""
    count = len(workflows) - 1
    if count < 1:
        return finding
    noun = "workflow" if count == 1 else "workflows"
    return replace(finding, message=f"{finding.message} (also reached by {count} more {noun})")


def effect_check(effects: frozenset[str], phrase: str) -> Check:
    """A check that flags every occurrence of some effects; `phrase` follows the called name."""

    def check(rule: Rule, program: Program) -> Iterable[Finding]:
        def what(occurrence: Occurrence) -> str | None:
            if occurrence.effect not in effects or is_default(occurrence):
                return None
            return f"{shown(occurrence)} {phrase}"

        return reaching(rule, program, what)

    return check


def judged_elsewhere(rule: Rule, program: Program) -> Iterable[Finding]:
    """The check of rules about suppressions, which need to know what the other rules found."""
    return ()


def is_default(occurrence: Occurrence) -> bool:
    """Whether a clock is read by a default, which has a rule of its own."""
    return bool(occurrence.through) and occurrence.effect in {"clock", "monotonic"}


def shown(occurrence: Occurrence) -> str:
    """The name of what is used, as people write it, with the workflow's role."""
    name = occurrence.use.name.removeprefix("builtins.")
    text = f"`{name}`"
    if occurrence.through:
        text = f"{text} ({occurrence.through})"
    return text


def per_workflow(program: Program) -> Iterator[tuple[Declaration, Reach]]:
    """Each workflow with what it reaches, in order of name."""
    for declaration in program.workflows:
        entity = declaration.entity
        if isinstance(entity, Function):
            yield declaration, program.reaches[entity]


def workflow_items(program: Program) -> Iterator[tuple[Declaration, Reached]]:
    """Everything that workflows run, each activation once, with the first workflow by name."""
    seen: set[Activation] = set()
    for declaration, reach in per_workflow(program):
        for item in reach.reached:
            if item.activation not in seen:
                seen.add(item.activation)
                yield declaration, item


def once(findings: Iterable[Finding]) -> list[Finding]:
    """The first finding of every place."""
    seen: dict[tuple[str, int, int], Finding] = {}
    for finding in findings:
        seen.setdefault((finding.path, finding.line, finding.column), finding)
    return list(seen.values())


def chain_to(item: Reached, node: ast.AST, what: str) -> tuple[Link, ...]:
    """The chain from a durable function to a node of something it reaches."""
    return links(item.way, item.activation, node, what)


def problem_check(rule: Rule, program: Program) -> Iterable[Finding]:
    """The files that have this rule's problem."""
    for module in program.modules:
        problem = module.problem
        if problem is not None and problem.code == rule.code:
            place = ast.Pass(
                lineno=problem.line,
                col_offset=problem.column - 1,
                end_lineno=problem.line,
                end_col_offset=problem.column - 1,
            )
            yield rule.finding(module.path, place, problem.message)


def flags_in(*kinds: str) -> Check:
    """A check that flags what the looks of its rule note in what durable functions run.

    `kinds` are those of the functions, in the order in which they are named in findings.
    """

    def check(rule: Rule, program: Program) -> Iterable[Finding]:
        return once(each for look in rule.looks for each in noted(rule, program, kinds, look))

    return check


def flags_anywhere() -> Check:
    """A check that flags what the looks of its rule note, whoever runs the function."""

    def check(rule: Rule, program: Program) -> Iterable[Finding]:
        survey = survey_of(program, rule.looks)
        return once(
            rule.finding(activation.module.path, node, message)
            for look in rule.looks
            for activation, node, message in survey.everywhere(look)
        )

    return check


Judge = Callable[[Activation, Any, Any], str | None]


def judged_in(*kinds: str, judge: Judge) -> Check:
    """The same for looks that note what a place has to be judged by, once more is known.

    `judge` is given an activation, a node in it and what was noted of the node. It may ask what the
    functions do that are called from there, and returns a message or None.
    """

    def check(rule: Rule, program: Program) -> Iterable[Finding]:
        return once(
            each for look in rule.looks for each in noted(rule, program, kinds, look, judge)
        )

    return check


def _as_noted(activation: Activation, node: ast.AST, message: str) -> str:
    """The message of a place that a look has judged itself."""
    return message


def noted(
    rule: Rule, program: Program, kinds: Sequence[str], look: Look, judge: Judge = _as_noted
) -> list[Finding]:
    """One finding per place that a look notes in what durable functions run.

    What several of them run is looked at once, on behalf of the first.
    """
    survey = survey_of(program, rule.looks)
    notes = survey.notes(look)
    return once(
        reached(rule, declaration, item, node, message)
        for declaration, item in survey.visits(kinds, notes)
        for node, remembered in notes[item.activation]
        if declaration.kind not in _STEPS or node not in outside_steps(item.activation)
        for message in [judge(item.activation, node, remembered)]
        if message is not None
    )


_STEPS = frozenset({"step", "transaction"})


def noted_results(rule: Rule, program: Program, look: Look) -> list[Finding]:
    """The same for what a look notes about results: only those of durable functions count."""
    kinds = ("workflow", "step", "transaction")
    durable = {item.entity for item in (*program.workflows, *program.steps, *program.transactions)}

    def judge(activation: Activation, node: ast.AST, message: str) -> str | None:
        return message if activation.function in durable else None

    return noted(rule, program, kinds, look, judge)


def reached(
    rule: Rule, declaration: Declaration, item: Reached, node: ast.AST, message: str
) -> Finding:
    """A finding at a node of something that a durable function runs."""
    return rule.finding(
        item.activation.module.path,
        node,
        message,
        workflow=declaration.name if declaration.kind == "workflow" else None,
        chain=chain_to(item, node, rule.name),
    )


def declared_on(program: Program, declaration: Declaration) -> str:
    """Whose decorator made a function durable: `dbos.DBOS`, or the class of a datasource."""
    return made_by(program, declaration.decorator, declaration.entity.module)


def made_by(program: Program, decorator: ast.AST, module: Module) -> str:
    """Whose method a decorator is; empty when that is not known, or it is no method."""
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    if not isinstance(named, ast.Attribute):
        return ""
    frame = Frame(program.engine.module_activation(module), {})
    atoms = program.engine.evaluate(named, frame).atoms
    owners = {atom.name.rpartition(".")[0] for atom in atoms if isinstance(atom, External)}
    return owners.pop() if len(owners) == 1 else ""
