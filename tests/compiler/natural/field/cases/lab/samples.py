from dbos import DBOS, DBOSClient, Queue
from sqlalchemy import text

robots = Queue("robots", concurrency=1)


@DBOS.transaction()
def register(sample: str) -> int:
    found = DBOS.sql_session.execute(text(f"select id from samples where name = '{sample}'"))  # flags: DBS830
    row = found.first()
    DBOS.sql_session.commit()  # flags: DBS807
    return row.id if row else 0


@DBOS.step()
def move(sample: str, to: str) -> None:
    print(sample, to)


@DBOS.step()
def analyse_all(samples: list[str]) -> list[str]:
    handles = [robots.enqueue(analyse, sample) for sample in samples]  # flags: DBS801
    return [handle.get_result() for handle in handles]


@DBOS.workflow()
def analyse(sample: str) -> str:
    number = register(sample)
    move(sample, "fridge")
    return f"{sample}-{number}"


@DBOS.workflow()
def daily(samples: list[str]) -> list[str]:
    return analyse_all(samples)


def remote(url: str, sample: str):
    client = DBOSClient(system_database_url=url)
    return client.enqueue({"workflow_name": "analyze", "queue_name": "robots"}, sample)  # flags: DBS822
