"""Taking over: may work that another build began go on with the code that runs here?

In: what this process runs, and whose work it is. Out: a ``Right`` with the reason, or None. Never
looks at a database and never runs anything.

Work of the same application version, or of the same version of its workflow, is ours without
further ado. Of other versions only those are, by configuration, that the registry lists with a
proof: ``dbos-build build`` compared the flow graphs of the two and found that every record of the
old code fits the new. And only once no process that is alive runs the old version, so that two
builds side by side each keep their own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from dbos.kernel.runtime import Runtime

NEVER, PROVEN_SAFE = "never", "proven-safe"
CHOICES = (NEVER, PROVEN_SAFE)


class Work(Protocol):
    """A workflow, or several alike, and the code that its record comes from."""

    @property
    def name(self) -> str:
        """The registered name."""

    @property
    def application_version(self) -> str | None:
        """The version of the application; None when anybody may run it."""

    @property
    def workflow_version(self) -> str | None:
        """The version of the workflow; None without a registry."""


@dataclass(frozen=True, slots=True)
class Right:
    """Why work may go on here; ``proof`` is empty unless its code differs."""

    proof: str = ""


OWN = Right()


@dataclass(frozen=True, slots=True)
class Rights:
    """What one process may run.

    ``versions`` and ``proofs`` come from its registry: the version of each workflow by name, and
    why it can go on with records of other versions, by name and version. ``opted_in`` says whether
    proofs count.
    """

    application_version: str
    versions: Mapping[str, str]
    proofs: Mapping[tuple[str, str], str]
    opted_in: bool

    def of(self, work: Work, served: Collection[str] = ()) -> Right | None:
        """The right to go on with some work; ``served`` are versions that run elsewhere."""
        if work.application_version in (None, self.application_version):
            return OWN
        current = self.versions.get(work.name)
        if current is not None and current == work.workflow_version:
            return OWN
        proof = self.proof(work)
        if self.opted_in and proof is not None and work.application_version not in served:
            return Right(proof)
        return None

    def proof(self, work: Work) -> str | None:
        """Why the code here can go on with records of the code that began some work, if it can."""
        if work.workflow_version is None:
            return None
        return self.proofs.get((work.name, work.workflow_version))

    def workflow_versions(self) -> list[str]:
        """All versions of workflows whose records may go on here, sorted."""
        found = set(self.versions.values())
        if self.opted_in:
            found.update(version for _, version in self.proofs)
        return sorted(found)


def rights(runtime: Runtime) -> Rights:
    """What this process may run now."""
    listed = runtime.registry.takes_over if runtime.registry else ()
    versions = runtime.versions
    proofs = {(one.workflow, one.version): one.reason for one in listed if one.workflow in versions}
    return Rights(
        application_version=runtime.application_version,
        versions=versions,
        proofs=proofs,
        opted_in=runtime.settings.take_over == PROVEN_SAFE,
    )
