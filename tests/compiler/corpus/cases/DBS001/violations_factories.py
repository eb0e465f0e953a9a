"""Workflows that a function makes: what that function imports, makes and defines, they see."""

from typing import Any

from dbos import DBOS


def stamp_with(clock: Any) -> str:
    return str(clock())


def build(engine: Any) -> dict[str, Any]:
    """A factory that is given the decorators; it is called below."""
    import time
    from datetime import datetime as moment

    def age(since: float) -> float:
        return time.time() - since  # flags: DBS001

    @engine.step()
    def measure(name: str) -> float:  # flags: DBS812
        return time.time()

    def expire(name: str) -> float:  # flags: DBS812
        return age(measure(name))

    def close(name: str) -> str:  # flags: DBS812
        return stamp_with(lambda: moment.now())  # flags: DBS001

    expiring = engine.workflow()(expire)
    return {"expire": expiring, "close": engine.workflow()(close)}


WORKFLOWS = build(DBOS)


def build_later() -> Any:
    """A factory that nothing here calls."""
    import time as clock

    limit = 30

    def late(begun: float) -> bool:
        return clock.time() - begun > limit  # flags: DBS001

    @DBOS.workflow()
    def watch(begun: float) -> bool:  # flags: DBS812
        return late(begun)

    return watch


class Registrar:
    """Registers what it is given, and keeps it."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}

    def add(self, name: str) -> None:
        from datetime import date

        @DBOS.workflow(name=f"kept.{name}")
        def kept(number: int) -> str:  # flags: DBS812
            return f"{date.today()}-{number}"  # flags: DBS001

        self.known[name] = kept


def schedule_all() -> None:
    """Decorators applied to functions of the module, by a function of its own."""

    def every(cron: str, function: Any) -> None:
        DBOS.scheduled(cron)(DBOS.workflow()(function))

    every("0 4 * * *", sweep)
    DBOS.workflow()(purge)


def sweep(scheduled: Any, actual: Any) -> str:
    import datetime

    return datetime.datetime.now().isoformat()  # flags: DBS001


def purge(days: int) -> str:
    import datetime

    return str(datetime.date.today() - datetime.timedelta(days=days))  # flags: DBS001


_decorators: Any = None
_later: Any = None


def connect() -> None:
    """Binds what the decorators below are taken from."""
    global _decorators, _later
    from dbos import DBOS as engine

    _decorators = engine
    _later = closing_time


def closing_time() -> int:
    import datetime

    return datetime.datetime.now().hour  # flags: DBS001


def job(name: str) -> Any:
    """A decorator of the project that gives back what it is put on."""

    def decorate(function: Any) -> Any:
        def body(*arguments: Any) -> Any:
            return function(*arguments)

        _decorators.workflow(name=name)(body)
        return function

    return decorate


connect()


@job("report")
def report(day: str = "monday") -> str:
    import datetime

    return f"{day} {datetime.date.today()}"  # flags: DBS001


@DBOS.workflow()
def asks_what_was_bound_later() -> int:
    return int(_later())  # flags: DBS603
