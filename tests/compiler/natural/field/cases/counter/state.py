from itertools import count

from dbos import DBOS

SEQUENCE = count(1)
_settings: dict[str, int] | None = None
mode = "slow"


def set_mode(value: str) -> None:
    global mode
    mode = value


def settings() -> dict[str, int]:
    global _settings
    if _settings is None:  # flags: DBS610
        _settings = {"limit": 3}
    return _settings


@DBOS.step()
def store(number: int) -> None:
    print(number)


@DBOS.workflow()
def numbered() -> int:
    number = next(SEQUENCE)  # flags: DBS609
    if mode == "fast":  # flags: DBS603
        return number
    store(number)
    return settings()["limit"]
