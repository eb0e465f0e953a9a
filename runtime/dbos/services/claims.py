"""Claims: workflows that this process has just taken begin to run here, or are left to others.

In: rows that were claimed, from a queue or from a dead process. Out: executions. Never keeps a
claim that it does not run: what cannot be run here is given up for other processes, and what nobody
could go on with, since its history cannot be read, is blocked with the reason. Both are told with
the id, and neither is tried again by this process.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from dbos.conformance import find_workflow
from dbos.error import DBOSException, DBOSShutdownError
from dbos.kernel import alerts, lifecycle, request
from dbos.log import logger
from dbos.registry import Declared
from dbos.workflow import run_in_background

if TYPE_CHECKING:
    from dbos.kernel.runtime import Runtime
    from dbos.system.steps import StepRecord
    from dbos.system.workflows import Claimed

    Known = dict[str, list[StepRecord]]


def run_all(
    runtime: Runtime,
    claimed: Sequence[Claimed],
    *,
    new: Collection[str] = (),
    holds_place: bool = False,
) -> None:
    """Run workflows that this process has just claimed, in the background.

    What is on record of them is read in one query; of the ``new`` ones, given by their ids, nothing
    is. Those that ``holds_place`` is said of keep others of their queue waiting, here or elsewhere.
    """
    known = _histories(runtime, [one for one in claimed if one.workflow_id not in new])
    for one in claimed:
        history = [] if one.workflow_id in new else known.get(one.workflow_id)
        if history is not None:
            _run(runtime, one, history, holds_place=holds_place)


def found(name: str, runtime: Runtime) -> Declared:
    """The workflow of a name; raises whatever its module raises when it is imported."""
    declared = find_workflow(name, runtime.registry)
    if declared is None:
        raise DBOSException(
            f"no workflow {name!r} is registered; import its module before DBOS.launch()"
        )
    return declared


def _histories(runtime: Runtime, claimed: Sequence[Claimed]) -> Known:
    """The records of workflows by id; those that cannot be read are blocked and left out."""
    if not claimed:
        return {}
    try:
        return _read(runtime, claimed)
    except DBOSShutdownError:
        raise
    except Exception:  # one row spoils the question for all
        known: Known = {}
        for one in claimed:
            try:
                known |= _read(runtime, [one])
            except DBOSShutdownError:
                raise
            except Exception as error:
                _block(runtime, one, error)
        return known


def _read(runtime: Runtime, claimed: Iterable[Claimed]) -> Known:
    from dbos.system import histories

    system = runtime.system
    ids = [one.workflow_id for one in claimed]
    return system.read(histories.read_histories(system.language, ids))


def _block(runtime: Runtime, claimed: Claimed, error: Exception) -> None:
    """Note for everybody why a workflow cannot go on."""
    from dbos.system import advice

    lifecycle.block(
        runtime,
        claimed.workflow_id,
        owner=claimed.owner,
        name=claimed.name,
        error=DBOSException(
            f"Workflow {claimed.workflow_id} cannot go on: what is on record of it cannot be read"
            f" ({advice.explain(error)}). Mend its rows in operation_outputs, then: dbos workflow"
            f" resume {claimed.workflow_id}"
        ),
    )


def _run(
    runtime: Runtime, claimed: Claimed, history: list[StepRecord], *, holds_place: bool
) -> None:
    from dbos.system import aside

    try:
        declared = found(claimed.name, runtime)
        if _worn_out(declared, claimed):
            parking = aside.park(
                claimed.workflow_id, owner=claimed.owner, queue_name=claimed.queue_name
            )
            runtime.system.save(parking)
            message = f"Workflow {claimed.workflow_id} is parked: too many recoveries"
            logger.warning("%s", message)
            alerts.tell(
                alerts.PARKED, message, workflow_id=claimed.workflow_id, workflow=claimed.name
            )
            return
        given, kwargs = request.arguments(declared, claimed.inputs, claimed.serialization)
        bound = request.rebind(
            claimed.workflow_id, declared, claimed.class_name, claimed.config_name
        )
        args = (*bound, *given)
    except (Exception, SystemExit) as error:  # importing a module of the user may raise anything
        # It stays pending: a process that has the function, or the class, can run it.
        runtime.given_up.add(claimed.workflow_id)
        runtime.system.save(aside.give_up(claimed.workflow_id, owner=claimed.owner))
        logger.error("Workflow %s cannot be run here: %s", claimed.workflow_id, error)
        return
    execution = lifecycle.resumed(runtime, claimed, history)
    execution.holds_place = holds_place
    execution.in_background = True
    life = lifecycle.perform(execution, declared, args, kwargs)
    runtime.enter(execution)
    try:
        run_in_background(runtime, declared, execution, life)
    except RuntimeError as error:
        # No thread is to be had now. It stays pending, for the next scan of any process.
        runtime.leave(execution)
        runtime.system.save(aside.give_up(claimed.workflow_id, owner=claimed.owner))
        logger.error("Workflow %s cannot be started now: %s", claimed.workflow_id, error)


def _worn_out(declared: Declared, claimed: Claimed) -> bool:
    most = declared.max_recovery_attempts
    return most is not None and claimed.recovery_attempts > most + 1
