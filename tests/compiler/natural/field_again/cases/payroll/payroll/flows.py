from dbos import DBOS

from payroll.container import build

container = build()


@DBOS.workflow()
def pay_all(accounts: dict[str, int]) -> list[str]:
    started = container.clock.now()
    receipts = []
    for account, cents in accounts.items():
        receipts.append(container.bank.pay(account, cents) + container.ids.next())
    return [f"{started:%F}", *receipts]
