"""Events and topics: names that a workflow shares with code which may still be the old one.

In: one workflow in two builds. Out: findings for names that it gave up. Never: looks for readers
outside of workflows; another process may always be one.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbos_build.diff.build import Build, Workflow
from dbos_build.diff.placing import finding
from dbos_build.findings import Finding
from dbos_build.rules import lost_topic

_SIDES = (
    ("set_event", "get_event", "publishes the event", "reads it"),
    ("recv", "send", "receives the topic", "sends to it"),
    ("write_stream", "read_stream", "writes the stream", "reads it"),
)


def lost_topics(old: Workflow, new: Workflow, build: Build) -> Iterator[Finding]:
    """The events, topics and streams that a workflow had, and its new code does not have."""
    for own, others, does, peers in _SIDES:
        gone = _names(old, own) - _names(new, own)
        if any(node.kind == own and not node.name for node in new.flow.nodes):
            continue  # the new code computes a name; it may be this one
        for name in sorted(gone):
            using = [each.name for each in build.workflows.values() if name in _names(each, others)]
            known = (
                f", and the workflow {min(using)!r} still {peers}"
                if using
                else f"; whoever {peers} in another process waits in vain"
            )
            message = f"the workflow {old.name!r} no longer {does} {name!r}{known}"
            yield finding(lost_topic.RULE, new.place, message, workflow=old.name)


def _names(workflow: Workflow, kind: str) -> set[str]:
    return {node.name for node in workflow.flow.nodes if node.kind == kind and node.name}
