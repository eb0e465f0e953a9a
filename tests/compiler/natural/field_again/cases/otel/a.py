from dbos import DBOS, DBOSConfiguredInstance, Queue, SetWorkflowTimeout
from dbos import KafkaMessage
import json
import time

config = {"bootstrap.servers": "localhost"}
slow = Queue("slow", worker_concurency=1)  # flags: DBS827


@DBOS.kafka_consumer(config, ["orders"])
@DBOS.workflow()
def on_order(message: KafkaMessage) -> str:
    data = json.loads(message.value)
    received = time.time()  # flags: DBS001
    return handle(data["id"], received)


@DBOS.step(retries_allowed=True, max_attempt=5)  # flags: DBS817
def handle(order: str, at: float) -> str:
    return f"{order}{at}"


@DBOS.workflow()
def traced(order: str) -> str:
    with DBOS.tracer.start_as_current_span("traced") as span:
        span.set_attribute("order", order)
        DBOS.span.set_attribute("executor", "x")
    with SetWorkflowTimeout(10):
        handle_ = slow.enqueue(child, order)
    return handle_.get_result(timeout_seconds=3)


@DBOS.workflow()
def child(order: str) -> str:
    if DBOS.executor_id.endswith("1"):  # flags: DBS303
        return handle(order, 1.0)
    return DBOS.workflow_id or order


@DBOS.dbos_class()
class Shop(DBOSConfiguredInstance):
    def __init__(self, name: str) -> None:
        super().__init__(config_name=name)

    @DBOS.workflow()
    def sell(self, order: str) -> str:
        DBOS.set_event("state", "sold", "now", "x")  # flags: DBS821
        return self.book(order)

    @DBOS.step()
    def book(self, order: str) -> str:
        DBOS.set_event("progress", 1)  # flags: DBS803
        return DBOS.get_event("x", "y")  # flags: DBS803
