"""State of the module that somebody else changes while the workflow reads it."""

from types import SimpleNamespace

from dbos import DBOS

FLAGS: dict[str, bool] = {}
MODE = "live"
BLOCKED: set[str] = set()
SETTINGS = SimpleNamespace(limit=3)
LISTENERS: list[str] = []
RATE = 1.0


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


def enable(flag: str = "fast") -> None:
    """An endpoint of the operator."""
    FLAGS[flag] = True


def set_mode(mode: str = "maintenance") -> None:
    global MODE
    MODE = mode


def block(name: str = "order-1") -> None:
    BLOCKED.add(name)


def set_limit(limit: int = 9) -> None:
    SETTINGS.limit = limit


def listen(name: str = "listener") -> None:
    LISTENERS.append(name)


def refresh_rate(rate: float = 1.5) -> None:
    global RATE
    RATE = rate


OTHER_PARTS = (enable, set_mode, block, set_limit, listen, refresh_rate)


def is_live() -> bool:
    return MODE == "live"  # flags: DBS603


class Converter:
    def convert(self, amount: int) -> float:
        return amount * RATE  # flags: DBS603


@DBOS.workflow()
def flagged(name: str) -> str:
    if FLAGS.get("fast"):  # flags: DBS603
        return name
    save(name, "slow")
    return name


@DBOS.workflow()
def by_mode(name: str) -> str:
    if is_live():
        save(name, "live")
    return name


@DBOS.workflow()
def blocked(name: str) -> str:
    save(name, name in BLOCKED)  # flags: DBS603
    return name


@DBOS.workflow()
def limited(name: str) -> str:
    for number in range(SETTINGS.limit):  # flags: DBS603
        save(name, number)
    return name


@DBOS.workflow()
def told(name: str) -> str:
    for listener in LISTENERS:  # flags: DBS603
        save(name, listener)
    return name


@DBOS.workflow()
def converted(amount: int) -> float:
    value = Converter().convert(amount)
    save("value", value)
    return value
