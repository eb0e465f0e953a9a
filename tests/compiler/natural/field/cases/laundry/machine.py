from transitions import Machine
from dbos import DBOS
from dbos import DBOS as durable

wf = durable.workflow()
st = durable.step


@st()
def spin(program: str) -> str:
    return program


class Washer:
    states = ("idle", "washing", "done")

    def __init__(self) -> None:
        self.state = "idle"
        self.log: list[str] = []

    def advance(self) -> str:
        position = self.states.index(self.state)
        self.state = self.states[min(position + 1, 2)]  # flags: DBS602
        self.log.append(self.state)  # flags: DBS602
        return self.state


@wf
def wash(program: str) -> list[str]:
    washer = Washer()
    while washer.advance() != "done":
        spin(program)
    return washer.log


SHARED = Washer()


@wf
def wash_shared(program: str) -> str:
    return SHARED.advance()  # maybe: DBS602
