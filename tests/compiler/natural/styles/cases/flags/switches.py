from __future__ import annotations

import os

import ldclient
from UnleashClient import UnleashClient
from dbos import DBOS

unleash = UnleashClient("https://flags.example", "shop")
NEW_TAX = os.environ.get("NEW_TAX", "0") == "1"
LIMITS = {"free": 10, "paid": 100}
ROLLOUT: dict[str, int] = {}


def set_rollout(name: str, percent: int) -> None:
    ROLLOUT[name] = percent


class Flags:
    def __init__(self, user: str) -> None:
        self.user = user

    def on(self, name: str) -> bool:
        return bool(ldclient.get().variation(name, {"key": self.user}, False))  # flags: DBS202

    def bucket(self, name: str) -> int:
        return hash((self.user, name)) % 100  # flags: DBS503


@DBOS.step()
def is_on(name: str, user: str) -> bool:
    return Flags(user).on(name) or unleash.is_enabled(name)


@DBOS.step()
def tax(cents: int, new: bool) -> int:
    return cents // (5 if new else 4)


@DBOS.workflow()
def checkout(user: str, cents: int, plan: str) -> int:
    if cents > LIMITS[plan]:
        return 0
    return tax(cents, is_on("new-tax", user))


@DBOS.workflow()
def checkout_by_environment(cents: int) -> int:
    return tax(cents, NEW_TAX)  # flags: DBS302


@DBOS.workflow()
def checkout_by_service(user: str, cents: int) -> int:
    flags = Flags(user)
    if flags.on("new-tax") or unleash.is_enabled("tax"):  # flags: DBS202
        return tax(cents, True)
    return tax(cents, flags.bucket("tax") < 50)


@DBOS.workflow()
def checkout_by_rollout(cents: int) -> int:
    percent = ROLLOUT.get("tax", 0)  # flags: DBS603
    return tax(cents, percent > 50)
