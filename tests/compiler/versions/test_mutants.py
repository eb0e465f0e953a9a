"""Soundness and precision of versions by mutation, over hundreds of workflows.

A mutant inside the closure of some workflows changes the versions of exactly these; one that no
workflow replays, in a step, in what only steps use or in what nothing uses, changes none. The
projects are generated, so what a mutant must reach is known from how they were made.

Mutants whose workflows are disjoint are tried together: the versions that change must be exactly
those of all of them. When they are not, each is tried alone, so that a failure names one.
"""

from __future__ import annotations

import ast
import gc
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from dbos_build import versions
from dbos_build.analysis import program
from dbos_build.names.symbols import Scope, index
from dbos_build.reading.module import Module, parse
from dbos_build.settings.config import Settings
from support.linked_projects import Linked, linked
from support.mutants import OPERATORS, mutants
from support.programs import project as read

PROJECTS = 44
BLOCKS = 4
PER_ENTITY = {"workflow": 17, "step": 2}
MOST = 3
"""How many mutants of each entity are tried, by its kind, spread over the operators."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One mutant: of which entity, how it was made, the text that the entity gets, what changes."""

    entity: str
    operator: str
    line: int
    text: str
    reaches: frozenset[str]


class Laboratory:
    """The versions of one project after changes; files that stay are parsed once."""

    def __init__(self, made: Linked) -> None:
        self.made = made
        self.parsed: dict[tuple[str, str], Module] = {}
        self.scopes: dict[Module, Scope] = {}
        self.before = self.versions({})

    def versions(self, changed: dict[str, str]) -> dict[str, str]:
        """The version of each workflow with other texts for some entities."""
        modules = []
        for source in read(self.made.files(changed)).sources:
            key = (source.path, source.text or "")
            module = self.parsed.get(key)
            if module is None:
                module = parse(source)
                assert module.problem is None, (source.path, source.text)
                if not changed:
                    self.parsed[key] = module
                    self.scopes[module] = index(module)
            modules.append(module)
        analysed = program.analyse_modules(modules, Settings(), self.scopes)
        found = versions.compute(analysed).workflows
        return {name: each.version for name, each in found.items()}

    def changed(self, trials: Sequence[Trial]) -> frozenset[str]:
        """The workflows whose version is another one with some mutants together."""
        after = self.versions({each.entity: each.text for each in trials})
        names = after.keys() | self.before.keys()
        return frozenset(name for name in names if after.get(name) != self.before.get(name))

    def misjudged(self, trials: Sequence[Trial]) -> Iterator[str]:
        """What is wrong with mutants that were tried together."""
        wanted = frozenset[str]().union(*(each.reaches for each in trials))
        if self.changed(trials) == wanted:
            return
        for each in trials:
            changed = self.changed([each])
            if changed != each.reaches:
                yield (
                    f"{each.operator} in {each.entity}:{each.line} changes {sorted(changed)}, "
                    f"should change {sorted(each.reaches)}:\n{each.text}"
                )


def trials(made: Linked, seed: int) -> Iterator[Trial]:
    """Some mutants of each entity of a project, the same ones every time."""
    chance = random.Random(seed)
    for name, entity in made.entities.items():
        tree = ast.parse(entity.text)
        found = list(mutants(tree, ("a", "b")))
        chance.shuffle(found)
        seen: dict[str, int] = {}
        ranked = []
        for mutant in found:
            seen[mutant.operator] = seen.get(mutant.operator, 0) + 1
            ranked.append((seen[mutant.operator], mutant))
        ranked.sort(key=lambda each: each[0])
        reaches = made.workflows_reaching(name)
        plain = ast.unparse(tree)
        texts = ((mutant, mutant.text(tree)) for _, mutant in ranked)
        usable = ((mutant, text) for mutant, text in texts if text and text != plain)
        for _, (mutant, text) in zip(
            range(PER_ENTITY.get(entity.kind, MOST)), usable, strict=False
        ):
            yield Trial(name, mutant.operator, mutant.line, text, reaches)


def together(waiting: list[Trial]) -> Iterator[list[Trial]]:
    """Mutants in groups of different entities that reach no workflow in common."""
    while waiting:
        group: list[Trial] = []
        reached: set[str] = set()
        entities: set[str] = set()
        rest = []
        for each in waiting:
            if each.entity in entities or each.reaches & reached:
                rest.append(each)
            else:
                group.append(each)
                reached |= each.reaches
                entities.add(each.entity)
        waiting = rest
        yield group


@contextmanager
def without_collector() -> Iterator[None]:
    """Collect garbage once, at the end: syntax trees are many and all needed meanwhile.

    What was there before is left out: other tests of this process keep much.
    """
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect()


@pytest.mark.long
@pytest.mark.parametrize("block", range(BLOCKS))
def test_mutants_change_exactly_the_versions_of_the_workflows_that_reach_them(block: int) -> None:
    inside = outside = workflows = 0
    for seed in range(block, PROJECTS, BLOCKS):
        with without_collector():
            laboratory = Laboratory(linked(seed))
            workflows += len(laboratory.before)
            chosen = list(trials(laboratory.made, seed))
            inside += sum(bool(each.reaches) for each in chosen)
            outside += sum(not each.reaches for each in chosen)
            for group in together(chosen):
                assert list(laboratory.misjudged(group)) == [], seed
    assert workflows * BLOCKS >= 200
    assert inside * BLOCKS >= 5000
    assert outside * BLOCKS >= 1000


def test_the_projects_use_every_operator() -> None:
    made = [linked(seed) for seed in range(6)]
    found = {
        mutant.operator
        for each in made
        for entity in each.entities.values()
        for mutant in mutants(ast.parse(entity.text), ("a", "b"))
    }
    assert OPERATORS.keys() - found <= {"waiting", "bases", "jump"}


def test_rewriting_an_entity_from_its_tree_changes_nothing() -> None:
    laboratory = Laboratory(linked(1))
    for name, entity in laboratory.made.entities.items():
        plain = Trial(name, "none", 0, ast.unparse(ast.parse(entity.text)), frozenset())
        assert laboratory.changed([plain]) == frozenset(), name
