from dbos import DBOS


class NoStaff(Exception):
    def __init__(self, ward: str, missing: int) -> None:  # flags: DBS853
        super().__init__(f"{ward} lacks {missing}")
        self.ward = ward
        self.missing = missing


@DBOS.step()
def assign(ward: str, nurse: str) -> None:
    if not nurse:
        raise NoStaff(ward, 1)


@DBOS.step()
def collect(found: list[str], ward: str) -> None:
    found.append(ward)


@DBOS.workflow()
def plan(wards: list[str]) -> list[str]:
    found: list[str] = []
    for ward in wards:
        try:
            assign(ward, "ann")
        except BaseException:  # flags: DBS819
            found.append(ward)
        collect(found, ward)  # flags: DBS605
    return found
