"""Actions of the console: cancel, resume, restart and fork, each asked for twice.

In: a verb and the id of a workflow. Out: a page that asks, or the id of the workflow to show next.
Never runs a workflow: the processes of the application take up what was resumed or forked.
"""

from __future__ import annotations

from collections.abc import Mapping

from dbos.client import DBOSClient
from dbos.console import asked
from dbos.console.asked import WrongField
from dbos.console.frame import Frame
from dbos.console.markup import element
from dbos.error import DBOSNonExistentWorkflowError
from dbos.system.existing import open_existing

TOLD = {
    "cancel": "It stops at its next step, or leaves its queue. It can be resumed later.",
    "resume": "It goes on from its last completed step, on the current version.",
    "restart": "A new workflow runs from the beginning, with the same inputs.",
    "fork": "A new workflow keeps the steps before this one and runs the rest again.",
}


def verb_of(fields: Mapping[str, str]) -> str:
    """The verb that is asked for. Raises ``WrongField`` for any that does not exist."""
    verb = fields.get("verb", "")
    if verb not in TOLD:
        raise WrongField(f"there is no action {verb[:60]!r}")
    return verb


def confirmation(frame: Frame, fields: Mapping[str, str]) -> str:
    """The page that asks before anything happens."""
    verb, workflow_id = verb_of(fields), fields.get("id", "")
    step = asked.whole(fields, "step", least=1, default=1)
    hidden = {"csrf": frame.csrf, "verb": verb, "id": workflow_id}
    form = element(
        "form",
        [element("input", type="hidden", name=name, value=of) for name, of in hidden.items()],
        element(
            "label",
            "First step to run again",
            element("input", name="step", type="number", min=1, value=step),
        )
        if verb == "fork"
        else None,
        element("button", verb.title(), type="submit", class_="main"),
        element("a", "Back", href=frame.href("/workflow", id=workflow_id)),
        method="post",
        action=frame.href("/action"),
        class_="filters",
    )
    return frame.document(
        f"{verb} {workflow_id}",
        element("h1", f"{verb.title()} ", element("bdi", workflow_id), "?"),
        element("p", TOLD[verb]),
        form,
    )


def perform(url: str, schema: str, fields: Mapping[str, str]) -> str:
    """Do what was confirmed; answers the id of the workflow to look at next.

    Raises ``DBOSNonExistentWorkflowError``, ``WrongField``, and ``DBOSInitializationError`` for a
    database that cannot be used.
    """
    verb, workflow_id = verb_of(fields), asked.text(fields, "id") or ""
    step = asked.whole(fields, "step", least=1, default=1) or 1
    # A client waits for a database that is away; a request must not.
    open_existing(url, schema=schema).close()
    with DBOSClient(system_database_url=url, dbos_system_schema=schema) as client:
        if client.get_workflow_status(workflow_id) is None:
            raise DBOSNonExistentWorkflowError(workflow_id)
        if verb == "cancel":
            client.cancel_workflow(workflow_id)
        elif verb == "resume":
            client.resume_workflow(workflow_id)
        elif verb == "restart":
            return client.restart_workflow(workflow_id).workflow_id
        else:
            return client.fork_workflow(workflow_id, step).workflow_id
    return workflow_id
