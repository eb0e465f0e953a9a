from dbos import DBOS


@DBOS.step()
def boil(cups: int) -> int:
    return cups


@DBOS.workflow()
def brew(cups: int) -> int:
    return boil(cups)


@DBOS.workflow  # flags: DBS812
def steep(cups: int) -> int:  # maybe: DBS813
    return boil(cups)


warm = brew(1)  # flags: DBS825

if __name__ == "__main__":
    DBOS.launch()
    brew(2)
