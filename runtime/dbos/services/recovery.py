"""Recovery: find the work of dead processes and let it go on here.

In: the launched runtime. Out: executions of recovered workflows. Never takes work from a living
process, not even one with the same executor id, never keeps work that it cannot run, and never runs
a workflow whose code differs, unless a proof and the configuration allow it (``takeover``): those
are reported (``stranded``).
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from dbos import takeover
from dbos.log import logger
from dbos.services import claims, liveness
from dbos.services.neighbours import Neighbours
from dbos.services.stranded import Stranded

if TYPE_CHECKING:
    from dbos.kernel.runtime import Runtime
    from dbos.system.executors import Executor
    from dbos.system.pending import Orphan
    from dbos.takeover import Right

BATCH = 100
QUIET_BEATS = 4


class Recovery:
    """Takes over orphaned workflows; called at launch and whenever a heartbeat is due."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._judge = liveness.Judge(runtime.settings.lease_seconds)
        self._stranded = Stranded(runtime)
        # The processes as the last scan saw them, and how often they were seen unchanged since.
        self._picture: frozenset[Any] | None = None
        self._quiet = 0
        self.neighbours = Neighbours(runtime.system.wakes)
        # What was said already about workflows that cannot be run here.
        self._told: set[str] = set()
        self._telling = threading.Lock()

    def scan(self) -> list[str]:
        """Take over what dead processes left; answers the ids of the recovered workflows."""
        from dbos.system import executors

        return self._scan(self._runtime.system.read(executors.read_executors()))

    def watch(self, known: list[Executor]) -> None:
        """Scan when a process has come or gone, and at every ``QUIET_BEATS``-th call in any case.

        Work is orphaned when a process goes. What is orphaned otherwise can wait a little, so that
        processes that run on side by side cost the database next to nothing.
        """
        self._quiet += 1
        picture = self._picture_of(known, self._judge.alive(known))
        if picture != self._picture or self._quiet >= QUIET_BEATS:
            self._scan(known)
        else:
            self._look_for_stranded(known)

    @staticmethod
    def _picture_of(known: Iterable[Executor], alive: Collection[str]) -> frozenset[Any]:
        return frozenset(
            (one.process_token, one.application_version, one.process_token in alive)
            for one in known
        )

    def _scan(self, known: list[Executor]) -> list[str]:
        from dbos.system import executors, pending

        system = self._runtime.system
        alive = self._judge.alive(known)
        picture = self._picture_of(known, alive)
        alive.add(self._runtime.process_token)
        self.neighbours.watch(one for one in known if one.process_token in alive)
        served = {one.application_version for one in known if one.process_token in alive}
        dead = sorted(one.process_token for one in known if one.process_token not in alive)
        rights = takeover.rights(self._runtime)
        orphans = system.read(
            pending.read_orphans(
                system.language,
                alive=sorted(alive),
                dead=dead,
                application_version=rights.application_version,
                workflow_versions=rights.workflow_versions(),
            )
        )
        recovered = self.take(orphans, served)
        for token in dead:
            system.save(executors.remove(token))
        gone = {one.application_version for one in known if one.process_token not in alive}
        self._look_for_stranded(known, at_once=not gone <= served)
        self._quiet, self._picture = 0, picture
        return recovered

    def _look_for_stranded(self, known: list[Executor], *, at_once: bool = False) -> None:
        alive = self._judge.alive(known)
        alive.add(self._runtime.process_token)
        served = {one.application_version for one in known if one.process_token in alive}
        served.add(self._runtime.application_version)
        dead = [one.process_token for one in known if one.process_token not in alive]
        self._stranded.look(alive=sorted(alive), dead=dead, served=sorted(served), at_once=at_once)

    def take_left_behind(self) -> list[str]:
        """Let workflows go on that this very process left before their end."""
        from dbos.system import pending

        runtime = self._runtime
        left = runtime.take_left_behind()
        if not left:
            return []
        try:
            held = runtime.system.read(pending.read_held_by(runtime.executor_id))
            return self.take(one for one in held if left.get(one.workflow_id) == one.owner)
        except BaseException:
            for workflow_id, owner in left.items():
                runtime.leave_behind(workflow_id, owner)
            raise

    def take(self, orphans: Iterable[Orphan], served: Collection[str] = ()) -> list[str]:
        """Take over these workflows as far as their code, or a proof, lets them go on here.

        ``served`` are the versions that living processes run.
        """
        rights = takeover.rights(self._runtime)
        fit: list[tuple[Orphan, Right]] = []
        for orphan in orphans:
            right = rights.of(orphan, served)
            if right is not None and self._is_free(orphan):
                fit.append((orphan, right))
        fit = self._known(fit)
        recovered: list[str] = []
        for start in range(0, len(fit), BATCH):
            recovered.extend(self._take_batch(fit[start : start + BATCH]))
        if recovered:
            logger.info("Recovered %d workflows", len(recovered))
        return recovered

    def _is_free(self, orphan: Orphan) -> bool:
        now = self._runtime
        return orphan.workflow_id not in now.executions and orphan.workflow_id not in now.given_up

    def _known(self, fit: list[tuple[Orphan, Right]]) -> list[tuple[Orphan, Right]]:
        """Those whose code is here, or can be imported; the others are left to other processes."""
        counts = Counter(one.name for one, _ in fit)
        problems = {name: _problem(name, self._runtime) for name in counts}
        for name, problem in problems.items():
            with self._telling:
                if problem is None or problem in self._told:
                    continue
                self._told.add(problem)
            logger.error("%d workflows cannot be recovered here: %s", counts[name], problem)
        return [(orphan, right) for orphan, right in fit if problems[orphan.name] is None]

    def _take_batch(self, fit: list[tuple[Orphan, Right]]) -> list[str]:
        from dbos.system import statement

        runtime = self._runtime
        system = runtime.system
        writes = [self._taking(orphan, right) for orphan, right in fit]
        if not writes:
            return []
        answers = system.save(statement.together("recover workflows", *writes))
        taken = [(*pair, answer) for pair, answer in zip(fit, answers, strict=True) if answer]
        for orphan, right, _ in taken:
            self._tell(orphan, right)
        claims.run_all(runtime, [one for orphan, _, one in taken if orphan.queue_name is None])
        return [orphan.workflow_id for orphan, _, _ in taken]

    def _tell(self, orphan: Orphan, right: Right) -> None:
        """Say why a workflow goes on here with other code than it began with."""
        own_version = self._runtime.versions.get(orphan.name)
        if right.proof:
            logger.info(
                "Took over workflow %r (%r) of version %s: %s",
                orphan.workflow_id,
                orphan.name,
                orphan.workflow_version,
                right.proof,
            )
        elif own_version and orphan.workflow_version not in (None, own_version):
            logger.warning(
                "Workflow %r (%r) goes on with other code than it began with (version %s, now %s),"
                " because its application version %r is the one set here. See what changed:"
                " dbos-build diff",
                orphan.workflow_id,
                orphan.name,
                orphan.workflow_version,
                own_version,
                orphan.application_version,
            )

    def _taking(self, orphan: Orphan, right: Right) -> Any:
        """What takes one workflow: queued ones go back to their queue, where limits hold."""
        from dbos.system import workflows

        runtime = self._runtime
        own_version = runtime.versions.get(orphan.name)
        if orphan.queue_name is not None:
            moves = bool(right.proof)
            return workflows.requeue(
                orphan.workflow_id,
                former_owner=orphan.owner,
                queue_name=orphan.queue_name,
                application_version=runtime.application_version if moves else None,
                workflow_version=own_version if moves else None,
            )
        return workflows.claim(
            orphan.workflow_id,
            former_owner=orphan.owner,
            owner=runtime.new_owner(),
            executor_id=runtime.executor_id,
            application_version=runtime.application_version,
            workflow_version=own_version,
        )


def _problem(name: str, runtime: Runtime) -> str | None:
    try:
        claims.found(name, runtime)
    except (Exception, SystemExit) as error:  # importing a module of the user may raise anything
        return str(error) or type(error).__name__
    return None
