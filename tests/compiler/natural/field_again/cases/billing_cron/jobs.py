from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta
from dbos import DBOS, Queue, SetEnqueueOptions

invoices = Queue("invoices", partition_queue=True, concurrency=1)


@DBOS.step()
def customers() -> list[str]:
    return ["a", "b"]


@DBOS.step()
def invoice(customer: str, period: str) -> str:
    return f"{customer}-{period}"


@DBOS.workflow()
def bill(customer: str, period: str) -> str:
    return invoice(customer, period)


@DBOS.scheduled("0 0 1 * *")
@DBOS.workflow()
def monthly(scheduled: datetime, actual: datetime) -> None:
    period = (scheduled - relativedelta(months=1)).strftime("%Y-%m")
    for customer in customers():
        with SetEnqueueOptions(queue_partition_key=customer, deduplication_id=f"{customer}-{period}"):
            invoices.enqueue(bill, customer, period)


@DBOS.scheduled("*/5 * * *")
@DBOS.workflow()
def chase(scheduled: datetime, actual: datetime) -> bool:  # flags: DBS816
    late = datetime.now() - timedelta(days=3)  # flags: DBS001
    return late > scheduled
