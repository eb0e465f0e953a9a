from dbos import DBOS

from base import Dated, Double, Job


@DBOS.step()
def save(data: dict) -> None:
    print(data)


@DBOS.workflow()
def double(value: int) -> dict:
    result = Double().run({"value": value})
    save(result)
    return result


@DBOS.workflow()
def dated(value: int) -> dict:
    job: Job = Dated()
    return job.run({"value": value})
