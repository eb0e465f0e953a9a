from __future__ import annotations

from dbos import DBOS, Queue, SetWorkflowID

from . import plugins
from .tenants import PLANS, Account, current_tenant

billing_queue = Queue("billing", concurrency=4)


@DBOS.step()
def load_account(tenant: str) -> dict[str, str]:
    return {"tenant": tenant, "country": "DE", "kind": "business", "plan": "team"}


@DBOS.step(retries_allowed=True, max_attempts=5)
def post_invoice(tenant: str, net: int, tax: int) -> str:
    return f"{tenant}:{net}:{tax}"


@DBOS.workflow()
def bill_tenant(tenant: str) -> str:
    row = load_account(tenant)
    account = Account(row["tenant"], row["country"], row["kind"], PLANS[row["plan"]])  # flags: DBS006
    net = account.monthly()
    tax = plugins.rule_for(account.country)(net, account.kind)
    return post_invoice(tenant, net, tax)


@DBOS.workflow()
def bill_current(month: str) -> str:
    tenant = current_tenant.get()  # flags: DBS607
    return post_invoice(f"{tenant}/{month}", 1, 0)


@DBOS.workflow()
def close_month(tenants: list[str], month: str) -> list[str]:
    handles = []
    for tenant in sorted(set(tenants)):
        with SetWorkflowID(f"bill-{month}-{tenant}"):
            handles.append(billing_queue.enqueue(bill_tenant, tenant))
    return [handle.get_result() for handle in handles]


@DBOS.workflow()
def audit_plugins(month: str) -> int:
    names = plugins.discover()
    return len(names)
