"""What has happened to anything that is waited for: one statement for all waiters of a process.

In: the keys that are waited for. Out: a ``Read`` of those among them about which there is news.
Only Postgres needs it; on SQLite the log file tells of every commit. Never reads a payload.
"""

from __future__ import annotations

from typing import Any

from dbos.system.dialect import Language, as_text, one_of, texts_bind, whole_bind
from dbos.system.expressions import (
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from dbos.system.statement import Key, Read, Transaction, statement
from dbos.system.workflows import BLOCKED, OPEN


def _news(kind: str, first: Any, second: Any = None, third: Any = None) -> Any:
    nothing: Any = literal_column("''")
    further = (nothing if one is None else one for one in (second, third))
    return select(literal_column(f"'{kind}'").label("kind"), first, *further)


@statement
def AWAITED(spoken: Language) -> Any:
    """Ended workflows, queues with work that is due, unread messages, events, ends of streams."""
    flows = spoken.tables.workflow_status
    letters, events = spoken.tables.notifications, spoken.tables.workflow_events
    streams = spoken.tables.streams
    queue = func.unnest(texts_bind("queues")).column_valued("queue")
    due = and_(
        flows.c.queue_name == queue,
        or_(
            flows.c.status == "ENQUEUED",
            and_(flows.c.status == "DELAYED", flows.c.delay_until_epoch_ms <= whole_bind("now")),
        ),
    )
    ended = and_(
        spoken.among(flows.c.workflow_uuid, "workflows"),
        or_(
            ~one_of(flows.c.status, OPEN),
            flows.c.owner_xid.like(literal_column(f"'%{BLOCKED}'")),
        ),
    )
    unread = and_(letters.c.consumed == 0, spoken.among(letters.c.destination_uuid, "receivers"))
    last = as_text(func.max(streams.c.offset))
    return union_all(
        _news("queue", queue).where(exists().where(due)),
        _news("workflow", flows.c.workflow_uuid).where(ended),
        _news("message", letters.c.destination_uuid, letters.c.topic).where(unread),
        _news("event", events.c.workflow_uuid, events.c.key).where(
            spoken.among(events.c.workflow_uuid, "publishers")
        ),
        _news("stream", streams.c.workflow_uuid, streams.c.key, last)
        .where(spoken.among(streams.c.workflow_uuid, "writers"))
        .group_by(streams.c.workflow_uuid, streams.c.key),
    )


KINDS = {
    "queue": "queues",
    "workflow": "workflows",
    "message": "receivers",
    "event": "publishers",
    "stream": "writers",
}


def read_news(keys: list[Key], now: int) -> Read[list[tuple[Key, str]]]:
    """The keys about which there is news, each with a mark that changes when a stream grows."""
    asked: dict[str, set[str]] = {name: set() for name in KINDS.values()}
    for key in keys:
        if key[0] in KINDS:
            asked[KINDS[key[0]]].add(key[1])
    parameters: dict[str, object] = {name: sorted(ids) for name, ids in asked.items()}

    def body(transaction: Transaction) -> list[tuple[Key, str]]:
        rows = transaction.run(AWAITED, now=now, **parameters).rows
        found: list[tuple[Key, str]] = []
        for kind, first, second, mark in rows:
            key: Key = (kind, first) if kind in ("queue", "workflow") else (kind, first, second)
            found.append((key, mark))
        return found

    return Read(what="ask for news of all that is waited for", body=body)
