from __future__ import annotations

import json
import math
import re
import textwrap
import uuid
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from string import Template
from zoneinfo import ZoneInfo

from dbos import DBOS, SetWorkflowID, WorkflowHandle

from rules import Card, Table, deal, score, shuffled

NAMESPACE = uuid.UUID("12345678123456781234567812345678")
GREETING = Template("Hello $name, your hand is $hand")


@DBOS.step()
def announce(text: str) -> None:
    print(text)


@DBOS.step()
def now() -> datetime:
    return datetime.now(UTC)


@DBOS.workflow()
def play(players: list[str], seed: str) -> str:
    started = now()
    table = Table(tuple(deal(shuffled(seed), len(players))))
    for name, hand in zip(players, table.hands, strict=True):
        ordered = sorted(hand, key=attrgetter("rank", "suit"))
        announce(GREETING.substitute(name=name, hand=" ".join(map(str, ordered))))
    for _ in players:
        table = table.next()
    winner = players[table.winner()]
    local = started.astimezone(ZoneInfo("Europe/Berlin"))
    announce(textwrap.fill(f"{winner} wins at {local:%H:%M}", 40))
    points = {name: score(hand) for name, hand in zip(players, table.hands)}
    game_id = uuid.uuid5(NAMESPACE, f"{seed}{sorted(points)}")
    DBOS.set_event("points", json.dumps(points, sort_keys=True))
    if re.fullmatch(r"[a-z]+", winner) and math.prod(points.values()) > 10:
        announce("close!")
    return f"{game_id}"


@DBOS.workflow()
def tournament(players: list[str], first: date, days: int) -> dict[str, int]:
    handles: list[WorkflowHandle[str]] = []
    for offset in range(days):
        day = first + timedelta(days=offset)
        with SetWorkflowID(f"{DBOS.workflow_id}-{day.isoformat()}"):
            handles.append(DBOS.start_workflow(play, players, day.isoformat()))
    games = {handle.get_workflow_id(): handle.get_result() for handle in handles}
    best = max(Card.parse("10C"), Card.parse("11S"))
    return {"games": len(games), "best": best.rank}
