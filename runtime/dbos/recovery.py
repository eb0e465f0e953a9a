"""Recovery: find the work of dead processes and let it go on here.

In: the launched runtime. Out: executions of recovered workflows. Never takes work from a living
process, not even one with the same executor id, and never runs a workflow whose code differs: those
are reported as stranded.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from dbos import lifecycle, liveness, request, serialize
from dbos.conformance import find_workflow
from dbos.error import DBOSWorkflowFunctionNotFoundError
from dbos.log import logger
from dbos.neighbours import Neighbours
from dbos.registry import Declared
from dbos.workflow import run_in_background

if TYPE_CHECKING:
    from dbos.runtime import Runtime
    from dbos.system.pending import Orphan
    from dbos.system.steps import StepRecord
    from dbos.system.workflows import Claimed

BATCH = 100


class Recovery:
    """Takes over orphaned workflows; called at launch and whenever a heartbeat is due."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._judge = liveness.Judge(runtime.settings.lease_seconds)
        self._reported: set[str] = set()
        self.neighbours = Neighbours(runtime.system.wakes)

    def scan(self) -> list[str]:
        """Take over what dead processes left; answers the ids of the recovered workflows."""
        from dbos.system import executors, pending

        system = self._runtime.system
        known = system.read(executors.read_executors())
        alive = self._judge.alive(known)
        alive.add(self._runtime.process_token)
        self.neighbours.watch(one for one in known if one.process_token in alive)
        orphans = system.read(pending.read_orphans(system.language, sorted(alive)))
        recovered = self.take(orphans)
        for executor in known:
            if executor.process_token not in alive:
                system.save(executors.remove(executor.process_token))
        return recovered

    def take(self, orphans: Iterable[Orphan]) -> list[str]:
        """Take over these workflows as far as their code is the one that runs here."""
        fit = [orphan for orphan in orphans if self._fits(orphan)]
        recovered: list[str] = []
        for start in range(0, len(fit), BATCH):
            recovered.extend(self._take_batch(fit[start : start + BATCH]))
        if recovered:
            logger.info("Recovered %d workflows", len(recovered))
        return recovered

    def _fits(self, orphan: Orphan) -> bool:
        runtime = self._runtime
        if orphan.workflow_id in runtime.executions:
            return False
        if orphan.application_version in (None, runtime.application_version):
            return True
        own = runtime.versions.get(orphan.name)
        if own is not None and own == orphan.workflow_version:
            return True
        if orphan.workflow_id not in self._reported:
            self._reported.add(orphan.workflow_id)
            logger.warning(
                "Workflow %s (%s) is stranded: it was started by version %s and this is %s. Run"
                " that version, or let it go on with: dbos workflow resume %s",
                orphan.workflow_id,
                orphan.name,
                orphan.application_version,
                runtime.application_version,
                orphan.workflow_id,
            )
        return False

    def _take_batch(self, orphans: list[Orphan]) -> list[str]:
        from dbos.system import statement, steps, workflows

        runtime = self._runtime
        system = runtime.system
        queued = [one for one in orphans if one.queue_name is not None]
        direct = [one for one in orphans if one.queue_name is None]
        writes: list[Any] = [
            workflows.requeue(
                one.workflow_id, former_owner=one.owner, queue_name=one.queue_name or ""
            )
            for one in queued
        ]
        writes.extend(
            workflows.claim(
                one.workflow_id,
                former_owner=one.owner,
                owner=runtime.new_owner(),
                executor_id=runtime.executor_id,
                application_version=runtime.application_version,
            )
            for one in direct
        )
        if not writes:
            return []
        answers = system.save(statement.together("recover workflows", *writes))
        claimed: list[Claimed] = [one for one in answers[len(queued) :] if one is not None]
        ids = [one.workflow_id for one in claimed]
        histories = system.read(steps.read_histories(system.language, ids)) if ids else {}
        for one in claimed:
            run_claimed(runtime, one, histories[one.workflow_id])
        back = [one.workflow_id for one, moved in zip(queued, answers, strict=False) if moved]
        return back + ids


def run_claimed(runtime: Runtime, claimed: Claimed, history: list[StepRecord]) -> None:
    """Run a workflow that this process has just claimed, in the background."""
    from dbos.system import workflows

    try:
        declared = find_workflow(claimed.name, runtime.registry)
        if declared is None:
            raise DBOSWorkflowFunctionNotFoundError(
                claimed.workflow_id,
                f"no workflow {claimed.name!r} is registered; import its module before"
                " DBOS.launch()",
            )
        if _worn_out(declared, claimed):
            runtime.system.save(workflows.park(claimed.workflow_id, owner=claimed.owner))
            logger.warning("Workflow %s is parked: too many recoveries", claimed.workflow_id)
            return
        inputs = serialize.decode(claimed.inputs, claimed.serialization)
        bound = request.rebind(
            claimed.workflow_id, declared, claimed.class_name, claimed.config_name
        )
        args, kwargs = (*bound, *inputs["args"]), dict(inputs["kwargs"])
    except Exception as error:  # importing a module of the user may raise anything
        # It stays pending: a program that has the function, or the class, can run it.
        logger.error("Workflow %s cannot be recovered: %s", claimed.workflow_id, error)
        return
    execution = lifecycle.resumed(runtime, claimed, history)
    life = lifecycle.perform(execution, declared, args, kwargs)
    runtime.enter(execution)
    run_in_background(runtime, declared, life)


def _worn_out(declared: Declared, claimed: Claimed) -> bool:
    most = declared.max_recovery_attempts
    return most is not None and claimed.recovery_attempts > most + 1
