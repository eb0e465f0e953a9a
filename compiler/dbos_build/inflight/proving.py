"""The difference between two builds for the work that is in flight in one workflow.

In: an old and a new build, and the name of a workflow. Out: a `Difference`: whether it is proven
that every record of the old goes on in the new, and whether stored inputs fit.
Never: takes names for a proof; that is left to whoever has the record of one execution.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dbos_build.diff import parameters, stored
from dbos_build.diff.build import Build, Workflow
from dbos_build.diff.unseen import operations

SAFE = ("identical", "equivalent", "forward-safe")


@dataclass(frozen=True, slots=True)
class Difference:
    """Whether the new code is proven to go on with the old records, and why or why not.

    `inputs` is empty when stored inputs can be given to the new code, else why not.
    """

    safe: bool
    reason: str
    inputs: str


def difference(name: str, old: Build, new: Build) -> Difference:
    """Return what became of a workflow that both builds have.

    Every branch of the old code counts as possible, so that proofs chain: a record may itself have
    been taken over from code before the old.
    """
    before, after = old.workflows[name], new.workflows[name]
    inputs = next(_misfits(before, after, old, new), "")
    if inputs:
        return Difference(safe=False, reason=inputs, inputs=inputs)
    verdict = operations(before, after, old, new, every_branch=True)
    reason = f"{verdict.kind}: {verdict.reason}" if verdict.reason else verdict.kind
    if verdict.kind in SAFE:
        unread = next(_unreadable(before, old, new), "")
        if unread:
            return Difference(safe=False, reason=unread, inputs="")
    return Difference(safe=verdict.kind in SAFE, reason=reason, inputs="")


def _misfits(before: Workflow, after: Workflow, old: Build, new: Build) -> Iterator[str]:
    """Why stored inputs cannot be given to the new code."""
    yield from parameters.misfits(before.contract, after.contract)
    yield from _lost(before.contract.stores, old, new)


def _unreadable(before: Workflow, old: Build, new: Build) -> Iterator[str]:
    """Why recorded results of steps, or of other workflows, cannot be read by the new code."""
    others = {node.name for node in before.flow.nodes if node.name in old.workflows}
    recorded = [old.workflows[each].contract.stores for each in sorted(others)]
    recorded += [old.steps[each].stores for each in before.steps if each in old.steps]
    yield from _lost({name for names in recorded for name in names}, old, new)


def _lost(classes: Iterable[str], old: Build, new: Build) -> Iterator[str]:
    for each in sorted(classes):
        why = stored.unreadable(old, new, each) if each in old.shapes else None
        if why is not None:
            yield why
