"""Arguments that the started workflow does not take."""

from dbos import DBOS, DBOSClient, Queue, SetEnqueueOptions

orders = Queue("orders")
client = DBOSClient("sqlite:///shop.sqlite")


@DBOS.workflow()
def one(name: str) -> str:
    return name


@DBOS.workflow()
def number(count: int) -> int:
    return count


@DBOS.workflow()
async def two(name: str, count: int) -> str:
    return name * count


class Shop:
    @staticmethod
    @DBOS.workflow()
    def sell(name: str, *, count: int) -> str:
        return name * count


def too_many(name: str) -> object:
    return DBOS.start_workflow(one, name, 3)  # flags: DBS821


def too_few() -> object:
    return orders.enqueue(one)  # flags: DBS821


def wrong_type() -> object:
    return DBOS.start_workflow(number, "three")  # flags: DBS821


def unknown_keyword(name: str) -> object:
    return orders.enqueue(one, nme=name)  # flags: DBS821


async def missing(name: str) -> object:
    return await DBOS.start_workflow_async(two, name)  # flags: DBS821


def keyword_only(name: str) -> object:
    return DBOS.start_workflow(Shop.sell, name, 3)  # flags: DBS821


@DBOS.workflow()
def in_a_workflow(name: str) -> str:
    return orders.enqueue(number, name).workflow_id  # flags: DBS821


def client_too_many(name: str) -> object:
    return client.enqueue({"workflow_name": "one", "queue_name": "orders"}, name, 3)  # flags: DBS821


async def client_too_few() -> object:
    options = {"workflow_name": "two", "queue_name": "orders"}
    return await client.enqueue_async(options, "a")  # flags: DBS821


def by_queue_name() -> object:
    return DBOS.enqueue_workflow("orders", one)  # flags: DBS821


def keyword_only_left_out(name: str) -> object:
    return DBOS.start_workflow(Shop.sell, name)  # flags: DBS821


@DBOS.workflow()
def waits_by_another_name(name: str) -> object:
    return DBOS.recv("paid", timeout=60)  # flags: DBS821


@DBOS.workflow()
def sends_nothing(name: str) -> None:
    DBOS.send(name, topic="paid")  # flags: DBS821


@DBOS.workflow(max_attempts=3)  # flags: DBS821
def recovers_by_another_name(name: str) -> str:
    return name


@DBOS.workflow()
def starts_under_another_name(name: str) -> str:
    return DBOS.strat_workflow(one, name).workflow_id  # flags: DBS821


@DBOS.workflow()
def gives_too_much(name: str) -> object:
    return DBOS.get_event(name, "state", 60, True)  # flags: DBS821


def endpoint_with_options(name: str) -> str:
    with SetEnqueueOptions(dedup_id=name):  # flags: DBS821
        return orders.enqueue(one, name).workflow_id
