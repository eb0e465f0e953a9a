from dbos import DBOS
from dbos import SetWorkflowID


@DBOS.workflow()
def process_payment(payment_id: str, amount: float) -> str:
    return "processed"


def handle_payment(payment_id: str, amount: float):
    # Same workflow ID = same execution (prevents duplicates)
    with SetWorkflowID(f"payment-{payment_id}"):
        result = process_payment(payment_id, amount)
    return result
