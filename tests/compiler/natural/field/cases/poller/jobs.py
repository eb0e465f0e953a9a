import time

from dbos import DBOS


@DBOS.step()
def submit(job: str) -> str:
    return job


@DBOS.step()
def poll(job: str) -> str:
    return "done"


@DBOS.workflow()
def run(job: str, timeout: float = 600.0) -> str:
    handle = submit(job)
    deadline = time.monotonic() + timeout  # flags: DBS002
    while time.monotonic() < deadline:  # flags: DBS002
        state = poll(handle)
        if state == "done":
            return state
        time.sleep(5)  # flags: DBS003
    raise TimeoutError(job)


@DBOS.workflow()
def forever(job: str) -> None:
    while True:  # flags: DBS707
        poll(job)
        DBOS.sleep(60)
