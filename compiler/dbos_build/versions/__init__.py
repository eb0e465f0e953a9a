"""Versions: one per workflow, and one for the application.

In: an analysed program. Out: `Versions`: per workflow a hash that changes exactly when its replay
can change, with the elements it was made from.
Never: depends on paths, names of helpers, order of definitions, the version of Python, or anything
but the sources.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from dbos_build.analysis.declarations import Declaration
from dbos_build.analysis.program import Program
from dbos_build.names.forms import Key
from dbos_build.reading.digest import fingerprint
from dbos_build.versions.closure import Closures, Element, closures, reach
from dbos_build.versions.cycles import components

SCHEME = 1
"""Part of every version: raised when the canonical form changes its meaning."""


@dataclass(frozen=True, slots=True)
class Part:
    """One element of a workflow's closure.

    `kind` is workflow, function, class, variable, module or boundary; `own` covers the element
    alone, `digest` also all it refers to; `via` is the label of the element that led to it first.
    """

    kind: str
    path: str
    name: str
    own: str
    digest: str
    via: str | None

    @property
    def label(self) -> str:
        """What people call it: `function shop/prices.py:total`, `step charge`."""
        return label((self.kind, self.path, self.name))


@dataclass(frozen=True, slots=True)
class WorkflowVersion:
    """The version of a workflow and what it is made of; every sequence is sorted.

    `steps` are the registered names of the steps and transactions it can reach, `modules` the
    paths of the modules that its closure lies in or was resolved through.
    """

    name: str
    version: str
    parts: tuple[Part, ...]
    steps: tuple[str, ...]
    modules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of a program."""

    application: str
    workflows: Mapping[str, WorkflowVersion]


def compute(program: Program) -> Versions:
    """Return the versions of a program. Of workflows with one name, the first one is kept."""
    made = closures(program)
    roots = {each.name: each for each in reversed(program.workflows)}
    reached = {name: reach(made, made.root(each)) for name, each in roots.items()}
    digests = digests_of(made.elements)
    workflows = {
        name: _workflow(roots[name], reached[name], digests, made) for name in sorted(roots)
    }
    lines = [f"{name!a} {each.version}" for name, each in workflows.items()]
    return Versions(fingerprint("b1-", "\n".join(lines)), workflows)


def of(program: Program, declaration: Declaration) -> WorkflowVersion:
    """Return the version of one workflow; of a large program, that is a small part of the work.

    Its `modules` are not all of them: only what other workflows were resolved through tells the
    rest.
    """
    made, known = program.engine.memo.get("closures") or (closures(program), {})
    via = reach(made, made.root(declaration))
    digests = digests_of({key: made.elements[key] for key in via}, known)
    program.engine.memo["closures"] = (made, digests)
    return _workflow(declaration, via, digests, made)


def _workflow(
    declaration: Declaration,
    via: Mapping[Key, Key | None],
    digests: Mapping[Key, str],
    made: Closures,
) -> WorkflowVersion:
    root = made.root(declaration).key
    parts = tuple(
        Part(
            kind=key[0],
            path=key[1],
            name=key[2],
            own=fingerprint("", made.element(key).text),
            digest=digests[key],
            via=label(origin) if origin else None,
        )
        for key, origin in sorted(via.items(), key=lambda item: item[0])
    )
    paths = sorted({part.path for part in parts if part.path})
    return WorkflowVersion(
        name=declaration.name,
        version=fingerprint("v1-", f"{SCHEME} {digests[root]}"),
        parts=parts,
        steps=tuple(sorted({name for part in parts for name in _step_names(part)})),
        modules=tuple(sorted(made.passed(paths))),
    )


def label(key: Key) -> str:
    """Return what people call an element."""
    kind, path, name = key
    if kind == "boundary":
        return name.replace(":", " ", 1)
    if kind == "instances":
        return f"objects of class {path}:{name}"
    return f"module {path}" if kind == "module" else f"{kind} {path}:{name}"


def _step_names(part: Part) -> Iterable[str]:
    kind, _, name = part.name.partition(":")
    if part.kind == "boundary" and kind in ("step", "transaction"):
        yield name.removeprefix("async ")


def digests_of(
    elements: Mapping[Key, Element], known: Mapping[Key, str] = MappingProxyType({})
) -> dict[Key, str]:
    """Return the digest of every element, over itself and everything it refers to.

    `known` are digests of elements that need not be computed again, with all that they refer to.
    """
    digests = dict(known)
    graph = {
        key: tuple(target for target in element.targets if target not in known)
        for key, element in elements.items()
        if key not in known
    }
    for group in components(graph):
        if len(group) == 1 and group[0] not in graph[group[0]]:
            digests[group[0]] = _combined(elements[group[0]], digests)
        else:
            digests.update(_joint([elements[key] for key in group], digests))
    return digests


def _joint(members: Sequence[Element], known: Mapping[Key, str]) -> dict[Key, str]:
    """The digests of elements that refer to each other, hashed together.

    Names must not matter, so members are told apart by what they unfold to: each round looks one
    reference further, until a round tells no more of them apart. A digest of one round determines
    the one of the round before, so that equal sets of digests after equally many rounds mean
    components that unfold alike for ever.
    """
    outer = dict(known)
    digests = {each.key: fingerprint("", f"cycle {each.text}") for each in members}
    apart, rounds = 0, 0
    while apart < (now := len(set(digests.values()))) or not rounds:
        seen = ChainMap(digests, outer)
        digests = {each.key: _combined(each, seen) for each in members}
        apart, rounds = now, rounds + 1
    together = fingerprint("", " ".join([str(rounds), *sorted(digests.values())]))
    return {key: fingerprint("", f"{digest} in {together}") for key, digest in digests.items()}


def _combined(element: Element, digests: Mapping[Key, str]) -> str:
    """An element's text with the digests of what it refers to; candidates in no order."""
    groups = (
        ",".join(sorted(digests[key] for key in dict.fromkeys(group)))
        for group in element.references
    )
    kind = "function" if element.key[0] == "workflow" else element.key[0]
    return fingerprint("", "\n".join([kind, element.text, *groups]))
