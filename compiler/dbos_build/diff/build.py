"""One side of a comparison: what a lock file says of a program, or what its sources say.

In: an analysed program, or the text of a lock file. Out: a `Build`, the same for both, except that
a lock file knows no lines. Never: reads a file, or judges.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dbos_build import flow
from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.program import Program
from dbos_build.building import contracts, manifest
from dbos_build.building.contracts import Contract, Shape
from dbos_build.error import ManifestError
from dbos_build.flow.graph import Flow, from_json
from dbos_build.names.symbols import Function
from dbos_build.versions import Versions, compute


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written. Lines and columns count from 1; 0 when they are not known."""

    path: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow of a build. `places` are those of the nodes of its flow, by number; `closure` is
    what its version was made from: a digest per element, by label.

    `steps` are the registered names of the steps and transactions that it can reach.
    """

    name: str
    module: str
    qualname: str
    place: Place
    version: str
    steps: tuple[str, ...]
    contract: Contract
    flow: Flow
    closure: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[int, Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """A step or transaction; `stores` are the classes that its recorded results may hold."""

    name: str
    kind: str
    module: str
    qualname: str
    place: Place
    stores: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue; `options` is None when they are no literals."""

    name: str
    place: Place
    options: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """The cron expressions of a workflow, sorted."""

    workflow: str
    place: Place
    crons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Build:
    """Everything that two builds are compared by. `title` is what people call it.

    `names` are the names that the modules of the program bind, as `module:name`; None for a lock
    file, which does not know them. `scheme` is the one in which its flows were drawn.
    """

    title: str
    workflows: Mapping[str, Workflow]
    steps: Mapping[str, Step]
    queues: Mapping[str, Queue]
    schedules: Mapping[str, Schedule]
    shapes: Mapping[str, Shape]
    names: frozenset[str] | None = None
    scheme: int = flow.SCHEME

    @property
    def has_comparable_flows(self) -> bool:
        """Whether its flows were drawn as this release draws them."""
        return self.scheme == flow.SCHEME


def of_program(program: Program, title: str, computed: Versions | None = None) -> Build:
    """Return the build that the sources of a program make.

    Of declarations with one name, the first is kept; a build refuses two, a comparison need not.
    """
    versions = computed or compute(program)
    agreed = contracts.contracts(program)
    workflows: dict[str, Workflow] = {}
    for each in program.workflows:
        if each.name not in workflows and isinstance(each.entity, Function):
            places = flow.places(program, each)
            version = versions.workflows[each.name]
            workflows[each.name] = Workflow(
                name=each.name,
                module=each.module,
                qualname=each.qualname,
                place=_place(each),
                version=version.version,
                steps=version.steps,
                contract=agreed.workflows[each.name],
                flow=flow.build(program, each),
                closure=manifest.closure_of(version),
                places={number: Place(*place) for number, place in places.items()},
            )
    schedules: dict[str, Schedule] = {}
    for tick in program.schedules:
        known = schedules.get(tick.workflow)
        crons = tuple(sorted({tick.cron, *(known.crons if known else ())}))
        place = known.place if known else Place(tick.path, tick.line, tick.column)
        schedules[tick.workflow] = Schedule(tick.workflow, place, crons)
    return Build(
        title=title,
        workflows=workflows,
        steps={
            each.name: Step(
                name=each.name,
                kind=each.kind,
                module=each.module,
                qualname=each.qualname,
                place=_place(each),
                stores=agreed.results.get(each.name, ()),
            )
            for each in reversed((*program.steps, *program.transactions))
        },
        queues=_queues(program),
        schedules=schedules,
        shapes=agreed.shapes,
        names=_names(program),
    )


def of_lock(text: str, title: str) -> Build:
    """Return the build that a lock file describes.

    Raises ManifestError, with `title` in its text, for what is not a lock file of our format.
    """
    document = manifest.lock_document(text, title)
    try:
        return _of_document(document, title)
    except (KeyError, TypeError, AttributeError, ValueError) as failure:
        raise ManifestError(f"{title}: is damaged; run `dbos-build build`") from failure


def _of_document(document: Mapping[str, Any], title: str) -> Build:
    schedules: dict[str, set[str]] = {}
    for each in document["schedules"]:
        schedules.setdefault(str(each["workflow"]), set()).add(str(each["cron"]))
    workflows = {
        name: Workflow(
            name=name,
            **_located(entry),
            version=_text(entry["version"]),
            steps=tuple(map(str, entry["steps"])),
            contract=contracts.from_json(entry["contract"], title),
            flow=from_json(entry["flow"], title),
            closure={str(label): str(digest) for label, digest in entry["closure"].items()},
        )
        for name, entry in document["workflows"].items()
    }
    return Build(
        title=title,
        workflows=workflows,
        steps={
            name: Step(
                name=name, kind=kind, **_located(entry), stores=tuple(map(str, entry["stores"]))
            )
            for kind in ("transaction", "step")
            for name, entry in document[f"{kind}s"].items()
        },
        queues={
            name: Queue(name, Place(str(entry["module"]).replace(".", "/")), entry["options"])
            for name, entry in document["queues"].items()
        },
        schedules={
            name: Schedule(
                name,
                workflows[name].place if name in workflows else Place(""),
                tuple(sorted(crons)),
            )
            for name, crons in schedules.items()
        },
        shapes={
            name: contracts.shape_from_json(name, entry, title)
            for name, entry in document["shapes"].items()
        },
        scheme=manifest.flow_scheme(document),
    )


def _located(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "module": _text(entry["module"]),
        "qualname": _text(entry["qualname"]),
        "place": Place(_text(entry["path"])),
    }


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a name in a lock file is text")
    return value


def _place(declaration: Declaration) -> Place:
    return Place(declaration.path, declaration.line, declaration.column)


def _queues(program: Program) -> dict[str, Queue]:
    """The queues by name; options that differ between declarations of one name are not known."""
    found: dict[str, Queue] = {}
    for each in program.queues:
        options = None if each.options is None else manifest.plain_options(each.options)
        known = found.get(each.name)
        if known is None:
            found[each.name] = Queue(each.name, Place(each.path, each.line, each.column), options)
        elif known.options != options:
            found[each.name] = Queue(each.name, known.place, None)
    return found


def _names(program: Program) -> frozenset[str]:
    """What the modules bind at their top level, and the classes inside their classes."""
    symbols = program.engine.symbols
    found = {
        f"{scope.module.name}:{name}"
        for scope in symbols.scopes.values()
        for name in scope.bindings
    }
    for scope in symbols.scopes.values():
        waiting = list(scope.classes)
        while waiting:
            each = waiting.pop()
            found.add(f"{each.module.name}:{each.qualname}")
            found.update(f"{each.module.name}:{each.qualname}.{name}" for name in each.bindings)
    return frozenset(found)
