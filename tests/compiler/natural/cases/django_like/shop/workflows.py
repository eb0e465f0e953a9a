from __future__ import annotations

from dbos import DBOS
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

from .models import Customer, Order


@DBOS.step()
def load(order_id: int) -> dict:
    order = Order.objects.select_related("customer").get(pk=order_id)
    return {"email": order.customer.email, "total": str(order.total)}


@DBOS.step()
def mail(to: str, text: str) -> None:
    send_mail("Your order", text, "shop@example.com", [to])


@DBOS.workflow()
def fulfil(order_id: int) -> str:
    data = load(order_id)
    mail(data["email"], f"Total {data['total']}")
    order = Order.objects.get(pk=order_id)  # flags: DBS205
    order.state = "done"
    order.save()  # flags: DBS205
    if order.age() > 3600 and settings.DEBUG:  # flags: DBS301
        send_mail("late", "late", None, ["ops@example.com"])  # flags: DBS201
    with transaction.atomic():  # maybe: DBS205
        Customer.objects.filter(vip=True).update(vip=False)  # flags: DBS205
    return order.state
