"""The same questions where they are recorded, by themselves or by a step."""

from __future__ import annotations

from dbos import DBOS

RUNNABLE = False


@DBOS.step()
def queues() -> list[str]:
    return [each.name for each in DBOS.list_queues()]


@DBOS.workflow()
def survey(name: str) -> int:
    runs = DBOS.list_workflows(name=name)
    steps = DBOS.list_workflow_steps(runs[0].workflow_id) if runs else []
    status = DBOS.get_workflow_status(name)
    return len(runs) + len(steps) + len(queues()) + (status is None)


def page() -> list[str]:
    return [str(version) for version in DBOS.list_application_versions()]
