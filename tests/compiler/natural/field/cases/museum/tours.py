from dbos import DBOS
from fastapi import APIRouter

router = APIRouter()


@DBOS.step()
def hall(name: str) -> str:
    return name


@DBOS.workflow()
@router.post("/tours/{name}")
def tour(name: str) -> str:  # flags: DBS813
    return hall(name)


@router.get("/tours/{name}/next")
def next_hall(name: str) -> str:
    return DBOS.recv("next")  # flags: DBS804


@DBOS.workflow()
def night(names: list[str]) -> list[str]:
    @DBOS.step()
    def lights(name: str) -> str:  # flags: DBS812
        return name

    return [lights(name) for name in names]


@DBOS.workflow()
def late(names: list[str]):  # flags: DBS826
    for name in names:
        yield hall(name)
