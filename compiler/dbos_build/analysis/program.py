"""The whole program, analysed: what every rule, version and graph is a view of.

In: a project's sources and settings. Out: a frozen `Program`: modules, declarations, and for each
durable function everything it reaches. Never does: raise on the user's code, execute it, or read
the clock, the environment or a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from dbos_build.analysis.declarations import (
    Declaration,
    Declarations,
    Queue,
    Schedule,
    discover,
    inline_step,
    moved,
)
from dbos_build.analysis.effects import Occurrence, Reach, explore, occurrences
from dbos_build.analysis.references import Constant, References, find
from dbos_build.interpreter import knowledge
from dbos_build.interpreter.engine import Engine
from dbos_build.interpreter.machine import Opaque, Use
from dbos_build.interpreter.meanings import Meanings
from dbos_build.interpreter.repeating import RepeatingEngine
from dbos_build.names.symbols import Class, Function, Scope, Symbols
from dbos_build.reading.module import Module, parse
from dbos_build.reading.sources import Project
from dbos_build.settings.config import Settings
from dbos_build.types.resolved import Resolved


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """An analysed project. Declarations are sorted by name, path and line.

    `reaches` holds, per durable function, everything it runs, `inline_steps` the same for functions
    handed to `DBOS.run_step` and to `run_tx_step`; `occurrences` are the effects reached from
    workflows, one per place, effect and workflow.
    """

    settings: Settings
    modules: tuple[Module, ...]
    workflows: tuple[Declaration, ...]
    steps: tuple[Declaration, ...]
    transactions: tuple[Declaration, ...]
    classes: tuple[Declaration, ...]
    schedules: tuple[Schedule, ...]
    queues: tuple[Queue, ...]
    reaches: Mapping[Function, Reach]
    inline_steps: tuple[Reach, ...]
    occurrences: tuple[Occurrence, ...]
    engine: Engine
    occurrences_in: Mapping[Function, tuple[Occurrence, ...]] = field(default_factory=dict)
    """The same by the workflow that reaches them."""
    paths_in: Mapping[Function, frozenset[str]] = field(default_factory=dict)
    """The files of all that a durable function runs."""

    def module(self, path: str) -> Module:
        """The module at a path."""
        return next(module for module in self.modules if module.path == path)

    def references(self, entity: Function | Class | Constant) -> References:
        """What the code of a function, class or module variable refers to."""
        return find(self.engine, entity)

    def declared(self, function: Function) -> Declaration | None:
        """The declaration of a durable function: workflow first, then step, then transaction."""
        for group in (self.workflows, self.steps, self.transactions):
            for declaration in group:
                if declaration.entity is function:
                    return declaration
        return None

    def unresolved(self) -> frozenset[str]:
        """The paths in which a durable function makes a call that nothing tells anything about."""
        return frozenset(
            activation.module.path
            for reach in self.reaches.values()
            for activation in reach.activations()
            for targets in activation.calls.values()
            for target in targets
            if isinstance(target, Opaque)
            or (isinstance(target, Use) and self.engine.knowledge.find(target.name) is None)
        )


def analyse(project: Project, settings: Settings) -> Program:
    """Run every pass over a project."""
    return analyse_modules((parse(source) for source in project.sources), settings)


def analyse_modules(
    modules: Iterable[Module],
    settings: Settings,
    indexed: Mapping[Module, Scope] | None = None,
    pulse: Callable[[], None] | None = None,
    *,
    remembers: bool = False,
) -> Program:
    """Run every pass behind parsing; `indexed` are scopes of the modules that are known already.

    Modules without a tree take no part, except that their problems are reported. `pulse` is called
    many times on the way, by later passes too, and may raise to give the analysis up. With
    `remembers` edits can be made in the program later.
    """
    symbols = Symbols(modules, indexed)
    known = knowledge.extended(settings.effects)
    engine = RepeatingEngine(symbols, known) if remembers else Engine(symbols, known)
    engine.pulse = pulse
    return _run(engine, settings)


def with_types(program: Program, project: Project, resolved: Resolved) -> Program:
    """The same program, analysed again with what a type checker knows of its expressions."""
    symbols = Symbols(program.modules)
    engine = Engine(symbols, program.engine.knowledge)
    engine.types = Meanings(resolved, str(project.root), symbols, engine.knowledge)
    return _run(engine, program.settings)


def after_edit(program: Program, paths: frozenset[str]) -> Program:
    """The same program when the facts of activations in some modules were recorded anew.

    What durable functions reach is found out again for those that come by these modules.
    """
    before = Declarations(
        program.workflows,
        program.steps,
        program.transactions,
        program.classes,
        program.schedules,
        program.queues,
    )
    found = moved(program.engine, before, paths)
    return replace(
        _with_reaches(program.settings, program.engine, found, program, paths),
        modules=program.modules,
    )


def begun_anew(program: Program, engine: RepeatingEngine, path: str) -> Program:
    """The same program when its engine began anew, because the module at a path was edited."""
    found = discover(engine)
    stale = engine.stale_paths() | {path}
    engine.forget_passes(path)
    return replace(
        _with_reaches(program.settings, engine, found, program, stale, is_anew=True),
        modules=program.modules,
    )


def _run(engine: Engine, settings: Settings) -> Program:
    """Every pass behind parsing."""
    return _with_reaches(settings, engine, discover(engine), None, frozenset())


def _with_reaches(
    settings: Settings,
    engine: Engine,
    found: Declarations,
    before: Program | None,
    edited: frozenset[str],
    *,
    is_anew: bool = False,
) -> Program:
    """The program of a settled engine; of the one before, what does not come by edits is kept.

    With `is_anew` the engine has to be asked about every durable function, as at first.
    """
    reaches: dict[Function, Reach] = {}
    known: dict[Function, tuple[Occurrence, ...]] = {}
    paths: dict[Function, frozenset[str]] = {}
    for declaration in (*found.workflows, *found.steps, *found.transactions):
        entity = declaration.entity
        if not isinstance(entity, Function) or entity in reaches:
            continue
        reach = before.reaches.get(entity) if before is not None else None
        root = engine.root(entity) if is_anew or reach is None else reach.reached[0].activation
        if (
            before is None
            or reach is None
            or root is not reach.reached[0].activation
            or (is_anew and declaration != reach.declaration)
            or declaration.path in edited
            or not edited.isdisjoint(before.paths_in[entity])
        ):
            reach = explore(declaration, root, engine.knowledge)
        else:
            reaches[entity], paths[entity] = reach, before.paths_in[entity]
            if entity in before.occurrences_in:
                known[entity] = before.occurrences_in[entity]
            continue
        reaches[entity] = reach
        paths[entity] = frozenset(each.module.path for each in reach.activations())
    inline = tuple(
        explore(inline_step(activation.function, kind), activation, engine.knowledge)
        for activation, kind in engine.inline_steps.items()
        if activation.function is not None
    )
    for declaration in found.workflows:
        entity = declaration.entity
        if isinstance(entity, Function) and entity not in known:
            known[entity] = tuple(occurrences(reaches[entity]))
    return Program(
        settings=settings,
        modules=engine.symbols.modules,
        workflows=found.workflows,
        steps=found.steps,
        transactions=found.transactions,
        classes=found.classes,
        schedules=found.schedules,
        queues=found.queues,
        reaches=reaches,
        inline_steps=inline,
        occurrences=tuple(
            occurrence
            for declaration in found.workflows
            if isinstance(declaration.entity, Function)
            for occurrence in known[declaration.entity]
        ),
        engine=engine,
        occurrences_in=known,
        paths_in=paths,
    )
