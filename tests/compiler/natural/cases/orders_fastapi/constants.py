from enum import Enum

PAYMENT_STATUS = "payment_status"
PAYMENT_ID = "payment_id"
ORDER_ID = "order_id"


class OrderStatus(Enum):
    PENDING = 0
    DISPATCHED = 1
    PAID = 2
    CANCELLED = -1
