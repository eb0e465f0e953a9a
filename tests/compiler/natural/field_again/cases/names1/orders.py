from dbos import DBOS


@DBOS.workflow()
def process(order: str) -> str:
    return order


@DBOS.workflow(name="refund")
def give_back(order: str) -> str:
    return order
