import csv
import datetime as dt

from events import OrderFailed, OrderPlaced, on


@on(OrderPlaced)
def write_ledger(event: OrderPlaced) -> None:
    with open("ledger.csv", "a") as file:  # flags: DBS203
        csv.writer(file).writerow([event.order_id, event.cents])


@on(OrderFailed)
def note_failure(event: OrderFailed) -> None:
    failures.append((event.order_id, dt.datetime.now()))  # flags: DBS001 DBS602


failures: list[tuple[str, dt.datetime]] = []
