from config import Flags, Limits, get_settings
from dbos import DBOS

LIMITS = Limits(daily=3)


@DBOS.step()
def charge(cents: int) -> int:
    return cents


@DBOS.workflow()
def buy(cents: int) -> int:
    if Flags.beta:  # flags: DBS302
        return charge(cents * 2)
    if get_settings().region == "eu":
        return charge(cents)
    return min(cents, LIMITS.daily)


@DBOS.workflow()
def colour(cents: int) -> str:
    return Flags.colour * LIMITS.weekly
