from typing import Any

from dbos import DBOS, Debouncer, SetWorkflowID
import nanoid


@DBOS.workflow()
def refill(patient: str, drug: str) -> str:
    return f"{patient}:{drug}"


debouncer = Debouncer.create(refill)


def typed(patient: str, drug: str) -> None:
    debouncer.debounce(patient, 5.0, patient, drug)


def mistyped(patient: str) -> None:
    debouncer.debounce(patient, 5.0, patient)  # flags: DBS821


@DBOS.workflow()
def monthly(patients: list[str], drugs: dict[str, list[str]]) -> list[str]:
    handles = []
    for patient in patients:
        for drug in drugs[patient]:
            with SetWorkflowID(nanoid.generate(size=10)):  # flags: DBS104 DBS105
                handles.append(DBOS.start_workflow(refill, patient, drug))
    return [handle.get_result() for handle in handles]


@DBOS.workflow()
def yearly(patient: str) -> Any:
    return DBOS.start_workflow(refill(patient, "x")).get_result()  # flags: DBS820
