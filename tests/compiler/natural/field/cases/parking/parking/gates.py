from dbos import DBOS
from parking import config
from parking.config import tariff


@DBOS.step()
def open_gate(gate: str) -> None:
    print(gate)


@DBOS.workflow()
def enter(gate: str) -> int:
    if config.DEBUG:  # flags: DBS302
        return 0
    open_gate(gate)
    return tariff(gate)


@DBOS.workflow()
def leave(gate: str, hours: int) -> int:
    open_gate(gate)
    return config.RATES["day"] * hours + config.extra(hours)
