"""What a build knows about a program, as plain data.

In: an analysed program and its versions. Out: a `Manifest`, and its JSON form, the lock file.
Never: line numbers, absolute paths, times, or anything else that differs for the same sources;
what moves without changing meaning must not show in a lock file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dbos_build import flow
from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.places import place
from dbos_build.analysis.program import Program
from dbos_build.building import contracts, stubs
from dbos_build.building.contracts import Contract, Shape
from dbos_build.building.stubs import Stubs
from dbos_build.error import BuildError, ManifestError
from dbos_build.flow import Flow
from dbos_build.reading.digest import module_digest
from dbos_build.versions import Versions, WorkflowVersion, compute

FORMAT = 2
CLOSURE_DIGITS = 16
"""How much of an element's digest a lock file keeps: enough to tell two texts apart."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A registered function or class: `entry` is where it is defined, `path` in which file."""

    name: str
    module: str
    qualname: str
    path: str

    @property
    def entry(self) -> str:
        """`module:qualname`, as registries name it."""
        return f"{self.module}:{self.qualname}"


@dataclass(frozen=True, slots=True)
class Proof:
    """A former version of a workflow whose records its code is proven to go on with, and why."""

    version: str
    reason: str


@dataclass(frozen=True, slots=True)
class WorkflowEntry(Entry):
    """A workflow, its version, and the registered names of the steps it can reach, sorted.

    `closure` says what the version was made from: a digest per element, by label; `contract` what
    the workflow takes and gives, `graph` its operations; `takes_over` which former versions it can
    go on with, the newest first (`inflight.succession` fills it).
    """

    version: str
    steps: tuple[str, ...]
    closure: Mapping[str, str] = field(default_factory=dict)
    contract: Contract = field(default_factory=Contract)
    graph: Flow | None = None
    takes_over: tuple[Proof, ...] = ()


@dataclass(frozen=True, slots=True)
class ScheduleEntry:
    """A cron schedule of a workflow."""

    workflow: str
    cron: str


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A queue; `options` is None when they are not literals."""

    name: str
    module: str
    options: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class ModuleEntry:
    """A module whose text matters to a registry, with its digest."""

    name: str
    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class Locked:
    """What a lock file says about a workflow: its version, what that was made from, and proofs."""

    version: str
    closure: Mapping[str, str]
    takes_over: tuple[Proof, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that a registry and a lock file hold; every sequence is sorted.

    `results` are the classes in what steps and transactions record, by name, `shapes` all classes
    of stored values. `stubs` stand in the registry only: types do not decide what a replay does.
    """

    application_version: str
    workflows: tuple[WorkflowEntry, ...]
    steps: tuple[Entry, ...]
    transactions: tuple[Entry, ...]
    schedules: tuple[ScheduleEntry, ...]
    queues: tuple[QueueEntry, ...]
    classes: tuple[Entry, ...]
    modules: tuple[ModuleEntry, ...]
    stubs: Stubs = field(default_factory=Stubs)
    results: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shapes: Mapping[str, Shape] = field(default_factory=dict)


def make(program: Program) -> Manifest:
    """Return the manifest of a program.

    Raises BuildError when two declarations of one kind share a name.
    """
    computed = compute(program)
    agreed = contracts.contracts(program)
    located = {
        kind: _unique(kind, declarations)
        for kind, declarations in (
            ("workflow", program.workflows),
            ("step", program.steps),
            ("transaction", program.transactions),
            ("class", program.classes),
        )
    }
    workflows = tuple(
        WorkflowEntry(
            **_located(each),
            version=computed.workflows[each.name].version,
            steps=computed.workflows[each.name].steps,
            closure=closure_of(computed.workflows[each.name]),
            contract=agreed.workflows.get(each.name, Contract()),
            graph=flow.build(program, each),
            takes_over=(),
        )
        for each in located["workflow"]
    )
    return Manifest(
        application_version=computed.application,
        workflows=workflows,
        steps=tuple(Entry(**_located(each)) for each in located["step"]),
        transactions=tuple(Entry(**_located(each)) for each in located["transaction"]),
        schedules=tuple(
            sorted(
                {ScheduleEntry(each.workflow, each.cron) for each in program.schedules},
                key=lambda each: (each.workflow, each.cron),
            )
        ),
        queues=_queues(program),
        classes=tuple(Entry(**_located(each)) for each in located["class"]),
        modules=_modules(program, computed),
        stubs=stubs.make(program, located["workflow"]),
        results=agreed.results,
        shapes=agreed.shapes,
    )


def lock_text(manifest: Manifest) -> str:
    """Return the content of the lock file."""
    document: dict[str, object] = {
        "format": FORMAT,
        "flow_scheme": flow.SCHEME,
        "application_version": manifest.application_version,
        "workflows": {
            each.name: {
                **_place(each),
                "version": each.version,
                "steps": list(each.steps),
                "closure": dict(each.closure),
                "contract": contracts.to_json(each.contract),
                "flow": None if each.graph is None else flow.to_json(each.graph),
                **_proven(each),
            }
            for each in manifest.workflows
        },
        "steps": _recording(manifest.steps, manifest.results),
        "transactions": _recording(manifest.transactions, manifest.results),
        "schedules": [
            {"workflow": each.workflow, "cron": each.cron} for each in manifest.schedules
        ],
        "queues": {
            each.name: {
                "module": each.module,
                "options": None if each.options is None else dict(each.options),
            }
            for each in manifest.queues
        },
        "classes": {each.name: _place(each) for each in manifest.classes},
        "modules": {
            each.name: {"path": each.path, "digest": each.digest} for each in manifest.modules
        },
        "shapes": {name: contracts.shape_to_json(each) for name, each in manifest.shapes.items()},
    }
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def closure_of(version: WorkflowVersion) -> Mapping[str, str]:
    """Return a short digest per element of a closure, by label."""
    return {part.label: part.own[:CLOSURE_DIGITS] for part in version.parts}


def read_lock(text: str, origin: str) -> Mapping[str, Locked]:
    """Return the workflows that a lock file holds, by name.

    Raises ManifestError, with `origin` in its text, for what is not a lock file of this format.
    """
    document = lock_document(text, origin)
    return {name: _locked(name, entry, origin) for name, entry in document["workflows"].items()}


def lock_document(text: str, origin: str) -> Mapping[str, Any]:
    """Return all that a lock file holds, as JSON; it has this format, and workflows.

    Raises ManifestError, with `origin` in its text, for what is not a lock file of this format.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as failure:
        conflicted = any(mark in text for mark in ("<<<<<<<", ">>>>>>>"))
        why = "has unresolved merge conflicts" if conflicted else "is not valid JSON"
        raise ManifestError(f"{origin}: {why}; run `dbos-build build`") from failure
    if not isinstance(document, dict) or "format" not in document:
        raise ManifestError(f"{origin}: is not a lock file of dbos-build")
    if document["format"] != FORMAT:
        raise ManifestError(
            f"{origin}: has format {document['format']!r}, but this dbos-build reads {FORMAT}; "
            "use the dbos-build that wrote it, or build again"
        )
    workflows = document.get("workflows")
    if not isinstance(workflows, dict):
        raise ManifestError(f"{origin}: has no workflows; run `dbos-build build`")
    return document


def flow_scheme(document: Mapping[str, Any]) -> int:
    """Return the scheme in which the flows of a lock file were drawn; the first one had no name."""
    scheme = document.get("flow_scheme", 1)
    return scheme if isinstance(scheme, int) else 0


def _locked(name: str, entry: object, origin: str) -> Locked:
    version = entry.get("version") if isinstance(entry, dict) else None
    closure = entry.get("closure", {}) if isinstance(entry, dict) else None
    proofs = _proofs(entry.get("takes_over", [])) if isinstance(entry, dict) else None
    if not isinstance(version, str) or not isinstance(closure, dict) or proofs is None:
        raise ManifestError(f"{origin}: its entry for {name!r} is damaged; run `dbos-build build`")
    return Locked(version, {str(label): str(digest) for label, digest in closure.items()}, proofs)


def _proofs(entry: object) -> tuple[Proof, ...] | None:
    """Pairs of a version and a reason; None for anything else."""
    found: list[Proof] = []
    for each in entry if isinstance(entry, list) else [None]:
        match each:
            case [str(version), str(reason)] if version:
                found.append(Proof(version, reason))
            case _:
                return None
    return tuple(found)


def _unique(kind: str, declarations: Iterable[Declaration]) -> tuple[Declaration, ...]:
    """Declarations by name, each name once."""
    found: dict[str, Declaration] = {}
    for each in declarations:
        other = found.setdefault(each.name, each)
        if other is not each:
            raise BuildError(
                f"two {kind} declarations are called {each.name!r}: {other.path}:{other.line} and "
                f"{each.path}:{each.line}; give one of them a name of its own"
            )
    return tuple(found[name] for name in sorted(found))


def _located(declaration: Declaration) -> dict[str, str]:
    """The fields of an entry: where the function itself is, as Python sees it at run time."""
    return {
        "name": declaration.name,
        "module": declaration.module,
        "qualname": declaration.qualname,
        "path": declaration.path,
    }


def _queues(program: Program) -> tuple[QueueEntry, ...]:
    """The queues by name; options that differ between declarations of one name are not known."""
    found: dict[str, QueueEntry] = {}
    for each in program.queues:
        options = None if each.options is None else plain_options(each.options)
        known = found.get(each.name)
        if known is not None:
            options = options if options == known.options else None
            found[each.name] = QueueEntry(each.name, known.module, options)
        else:
            found[each.name] = QueueEntry(each.name, each.module, options)
    return tuple(found[name] for name in sorted(found))


def plain_options(options: Mapping[str, object]) -> Mapping[str, object] | None:
    """Return options that JSON can hold as they are, None for any others."""
    try:
        text = json.dumps(dict(options), allow_nan=False, sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        return None
    return dict(options) if json.loads(text) == dict(options) else None


def _modules(program: Program, computed: Versions) -> tuple[ModuleEntry, ...]:
    """The modules that declare something durable or lie in a workflow's closure."""
    declared = (program.workflows, program.steps, program.transactions, program.classes)
    paths = {each.path for group in declared for each in group}
    paths |= {place(program, each).module.path for group in declared for each in group}
    paths |= {each.path for each in program.queues} | {each.path for each in program.schedules}
    for version in computed.workflows.values():
        paths.update(version.modules)
    entries = [
        ModuleEntry(module.name, module.path, module_digest(module.tree))
        for module in program.modules
        if module.path in paths and module.tree is not None
    ]
    return tuple(sorted(entries, key=lambda each: (each.name, each.path)))


def _recording(
    entries: Iterable[Entry], results: Mapping[str, tuple[str, ...]]
) -> dict[str, object]:
    """Steps or transactions with the classes of what they record."""
    return {
        each.name: {**_place(each), "stores": list(results.get(each.name, ()))} for each in entries
    }


def _proven(entry: WorkflowEntry) -> dict[str, object]:
    """What a workflow takes over; nothing for most."""
    listed = [[proof.version, proof.reason] for proof in entry.takes_over]
    return {"takes_over": listed} if listed else {}


def _place(entry: Entry) -> dict[str, object]:
    return {"module": entry.module, "qualname": entry.qualname, "path": entry.path}
