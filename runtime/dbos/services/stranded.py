"""Stranded work: what is in flight and no living process may go on with; told once, with counts.

In: the processes that live and what this one may run. Out: one warning for each launch, more only
when more is stranded, and waiting work moved here when its proof and the configuration allow it.
Never moves work whose version a living process runs, and never work without a proof; what waits for
its version holds no place in the limits of its queue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dbos import takeover
from dbos.kernel import alerts, seam
from dbos.log import logger

if TYPE_CHECKING:
    from dbos.kernel.runtime import Runtime
    from dbos.system.in_flight import Group
    from dbos.takeover import Rights

LOOK_SECONDS = 60.0
# What former builds still enqueue is taken over with this delay.
ADOPT_SECONDS = 30.0
BATCH = 500
IDS_IN_A_LINE = 20

# Workflow, version of the application, version of the workflow, and whether it waits on a queue.
Kind = tuple[str, str | None, str | None, bool]


class Stranded:
    """Looks at launch, when a process has died, and from time to time."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._told: Counter[Kind] = Counter()
        self._next_look = 0.0

    def look(
        self, *, alive: Sequence[str], dead: Sequence[str], served: Sequence[str], at_once: bool
    ) -> None:
        """Take over what waits and is proven to fit; report what nobody may go on with.

        ``alive`` are the tokens of living processes, ``served`` the versions that they run.
        """
        from dbos.system import in_flight

        now = seam.monotonic()
        if now < self._next_look and not at_once:
            return
        rights = takeover.rights(self._runtime)
        adopts = rights.opted_in and rights.proofs
        self._next_look = now + (ADOPT_SECONDS if adopts else LOOK_SECONDS)
        system = self._runtime.system
        spoken = system.language
        groups = system.read(in_flight.read_unserved(spoken, alive=alive, dead=dead, served=served))
        left = [one for one in groups if not self._settled(one, rights)]
        for group in left:
            if group.begun and group.queue_name is not None:
                system.save(in_flight.free(spoken, group, alive=alive, dead=dead))
        self._report(left, rights)

    def _settled(self, group: Group, rights: Rights) -> bool:
        """Whether the work goes on here; what waits is moved to this version when it is proven."""
        right = rights.of(group)
        if right is None or not right.proof:
            return right is not None
        if not group.begun:
            self._adopt(group, right.proof, rights)
        return True

    def _adopt(self, group: Group, proof: str, rights: Rights) -> None:
        from dbos.system import in_flight

        moved = [""] * BATCH
        while len(moved) == BATCH and not self._runtime.stopping:
            moved = self._runtime.system.save(
                in_flight.adopt(
                    group,
                    application_version=rights.application_version,
                    workflow_version=rights.versions[group.name],
                    most=BATCH,
                )
            )
            for start in range(0, len(moved), IDS_IN_A_LINE):
                logger.info(
                    "Took over work that waits on %r, of workflow %r, version %s: %s. Ids: %s",
                    group.queue_name,
                    group.name,
                    group.workflow_version,
                    proof,
                    ", ".join(map(repr, moved[start : start + IDS_IN_A_LINE])),
                )

    def _database(self) -> str:
        """The database as an argument for a command; a password never is one."""
        system = self._runtime.system
        if system.language.url.password:
            return '"$DBOS_SYSTEM_DATABASE_URL"'
        return system.describe()

    def _report(self, groups: Sequence[Group], rights: Rights) -> None:
        counts: Counter[Kind] = Counter()
        examples: dict[Kind, Group] = {}
        for one in groups:
            kind = _kind(one)
            counts[kind] += one.count
            examples.setdefault(kind, one)
        more = sorted(kind for kind in counts if counts[kind] > self._told[kind])
        # What is gone is forgotten, so that it is told again when it comes back.
        self._told = counts
        if not more:
            return
        number = sum(counts[kind] for kind in more)
        example = examples[more[0]].example
        message = (
            f"{number} workflow{'' if number == 1 else 's'} in flight"
            f" {'is' if number == 1 else 'are'} stranded: no process that is alive runs their"
            f" version, and this one is version {rights.application_version}.\n"
            + "\n".join(_lines(more, counts, examples, rights))
            + "\nWhich build can take over each, and why:"
            f" dbos-build stranded --db {self._database()}\nLet one go on with the code of the"
            f" latest version: dbos workflow resume {example!r}"
        )
        logger.warning("%s", message)
        alerts.tell(
            alerts.STRANDED,
            message,
            count=str(number),
            example=example,
            application_version=rights.application_version,
        )


def _kind(group: Group) -> Kind:
    waits = group.queue_name is not None
    return (group.name, group.application_version, group.workflow_version, waits)


def _lines(
    kinds: Sequence[Kind], counts: Counter[Kind], examples: dict[Kind, Group], rights: Rights
) -> Iterator[str]:
    for kind in kinds:
        name, application_version, workflow_version, waits = kind
        versions = f"version {application_version}"
        if workflow_version is not None:
            versions += f", workflow version {workflow_version}"
        state = "on a queue" if waits else "begun"
        yield f"  {counts[kind]} of {name!r} {state} ({versions}): {_why(examples[kind], rights)}"


def _why(group: Group, rights: Rights) -> str:
    if group.name not in rights.versions:
        if not rights.versions:
            return "another version, and there is no registry that tells whether it fits"
        return "the registry has no workflow of this name"
    proof = rights.proof(group)
    if proof is None:
        return "its code differs, and nothing proves that it fits"
    return f'it fits ({proof}); config {{"take_over": "{takeover.PROVEN_SAFE}"}} lets it go on here'
