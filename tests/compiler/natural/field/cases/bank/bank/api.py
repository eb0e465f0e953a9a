from bank import accounts as acc
from bank._impl import *
from dbos import DBOS


@DBOS.workflow()
def transfer(source: str, target: str, cents: int) -> str:
    reference = make_reference(source)
    acc.withdraw(source, cents)
    try:
        acc.deposit(target, cents)
    except ValueError:
        acc.deposit(source, cents)
        return "reversed"
    audit(reference)
    return reference
