import pluggy
from dbos import DBOS

from .events import archived, closed, opened
from .hooks import BoardSpec
from .plugins import Remote, Rota, Urgency

plugins = pluggy.PluginManager("board")
plugins.add_hookspecs(BoardSpec)
plugins.register(Urgency())
plugins.register(Remote())
plugins.register(Rota())


@DBOS.step()
def assign(ticket: str, person: str) -> str:
    return f"{ticket}->{person}"


@DBOS.step()
def escalate(ticket: str) -> None:
    plugins.hook.score(ticket=ticket)


@DBOS.workflow()
def triage(ticket: str) -> str:
    scores = plugins.hook.score(ticket=ticket)
    if sum(scores) > 3:
        escalate(ticket)
    label = plugins.hook.label(ticket=ticket)
    person = plugins.hook.route(ticket=ticket)[0]
    return assign(f"{label}:{ticket}", person)


@DBOS.workflow()
def open_ticket(text: str) -> dict[str, object]:
    ticket: dict[str, object] = {"text": text}
    opened.send("board", ticket=ticket)
    return ticket


@DBOS.workflow()
def close_ticket(ticket: dict[str, object]) -> int:
    answers = closed.send("board", ticket=ticket)
    archived.send("board", ticket=ticket)
    return len(answers)
