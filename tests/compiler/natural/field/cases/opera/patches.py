from dbos import DBOS


@DBOS.step()
def sing(name: str) -> str:
    return name


@DBOS.step()
def hum(name: str) -> str:
    return name


@DBOS.workflow()
def aria(name: str) -> str:
    if DBOS.patch("hum-first"):
        hum(name)
    return sing(name)


@DBOS.workflow()
def chorus(name: str, number: int) -> str:
    if DBOS.patch(f"chorus-{number}"):  # flags: DBS902
        return hum(name)
    return sing(name)


@DBOS.workflow()
def finale(name: str) -> str:
    DBOS.patch("finale")  # flags: DBS903
    return sing(name)
