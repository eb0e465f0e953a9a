"""The survey: what one run of the rules knows of a program, found out once for all of them.

In: an analysed program, and everything its rules look for. Out: the notes of each look by function,
who runs these functions, and what rules work out for each other. Lives as long as one run of the
rules: whatever follows from more than one function belongs here, not into the memo of an
activation, which outlives edits of other functions. Never does: look at a function twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.effects import Reach, Reached
from dbos_build.analysis.launching import Called, module_calls
from dbos_build.analysis.program import Program
from dbos_build.analysis.surroundings import (
    plain_activations,
    program_activations,
    reached_functions,
)
from dbos_build.interpreter.machine import Activation
from dbos_build.names.symbols import Function
from dbos_build.rules.looks import Interest, Look, Notes

Made = TypeVar("Made")
Visit = tuple[int, Declaration, Reached]
"""When a kind of durable functions comes to an activation first: in which place, for whom, how."""
_KEY = "survey"


class Survey:
    """What is known of a program in one run of the rules.

    `calls` are those of module-level code, `durable` the functions that durable ones run, `plain`
    the activations that none of them runs, in order.
    """

    def __init__(self, program: Program, interest: Interest) -> None:
        self._program = program
        self._made: dict[str, Any] = {}
        self._anew: dict[Look, dict[Activation, Notes]] = {}
        self._noted: dict[Look, dict[Activation, Notes]] = {look: {} for look in interest.looks}
        # First what evaluates module-level code, so that all rules see the same of it.
        self.calls: tuple[Called, ...] = tuple(module_calls(program))
        self.durable: frozenset[Function] = reached_functions(program)
        self.plain = dict.fromkeys(plain_activations(program, self.durable))
        pulse = program.engine.pulse
        for activation in program_activations(program):
            if pulse is not None and "looked" not in activation.memo:
                pulse()
            for look, notes in interest.look_at(activation).found:
                self._noted[look][activation] = notes

    def notes(self, look: Look) -> Mapping[Activation, Notes]:
        """What a look found, by activation, in the order of evaluation."""
        noted = self._noted[look]
        if look.is_local:
            return noted
        if look not in self._anew:
            found = {activation: tuple(look.find(activation)) for activation in noted}
            self._anew[look] = {each: notes for each, notes in found.items() if notes}
        return self._anew[look]

    def everywhere(self, look: Look) -> Iterator[tuple[Activation, Any, Any]]:
        """What a look noted, one by one."""
        for activation, notes in self.notes(look).items():
            for node, remembered in notes:
                yield activation, node, remembered

    def in_plain_code(self, look: Look) -> Iterator[tuple[Activation, Any, Any]]:
        """The same, only in functions that no durable function runs."""
        return (each for each in self.everywhere(look) if each[0] in self.plain)

    def visits(
        self, kinds: Sequence[str], activations: Collection[Activation]
    ) -> Iterator[tuple[Declaration, Reached]]:
        """Those of some activations that durable functions of these kinds run.

        Each comes once, with the first that runs it: kinds in the given order, then by name.
        """
        if not activations:
            return
        by_kind = self.once("visits", lambda: _first_visits(self._program))
        found: list[tuple[int, int, Declaration, Reached]] = []
        for activation in activations:
            for order, kind in enumerate(kinds):
                visit = by_kind[kind].get(activation)
                if visit is not None:
                    found.append((order, *visit))
                    break
        found.sort(key=lambda visit: visit[:2])
        for _, _, declaration, item in found:
            yield declaration, item

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """Something that several rules ask for, made at the first time."""
        if name not in self._made:
            self._made[name] = make()
        made: Made = self._made[name]
        return made


def _first_visits(program: Program) -> dict[str, dict[Activation, Visit]]:
    """By kind of durable functions: the first that comes to each activation."""
    found: dict[str, dict[Activation, Visit]] = {}
    for kind in ("workflow", "step", "transaction"):
        first = found[kind] = {}
        for reach in reaches_of(program, kind):
            for item in reach.reached:
                if item.activation not in first:
                    first[item.activation] = (len(first), reach.declaration, item)
    return found


def reaches_of(program: Program, kind: str) -> Iterator[Reach]:
    """What the durable functions of one kind run, by name; functions run as steps come last."""
    groups = {
        "workflow": program.workflows,
        "step": program.steps,
        "transaction": program.transactions,
    }
    for declaration in groups[kind]:
        if isinstance(declaration.entity, Function):
            yield program.reaches[declaration.entity]
    yield from (each for each in program.inline_steps if each.declaration.kind == kind)


def begin(program: Program, interest: Interest) -> Survey:
    """Survey a program for a run of the rules, which ends with `end`."""
    made = Survey(program, interest)
    program.engine.memo[_KEY] = made
    return made


def end(program: Program) -> None:
    """Let a survey go: after an edit it would be wrong."""
    program.engine.memo.pop(_KEY, None)


def survey_of(program: Program, looks: Sequence[Look] = ()) -> Survey:
    """The survey of the present run; a rule that is run alone gets one for its own looks."""
    known: Survey | None = program.engine.memo.get(_KEY)
    return known if known is not None else Survey(program, Interest(looks))
