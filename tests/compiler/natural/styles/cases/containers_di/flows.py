from __future__ import annotations

from dbos import DBOS
from dependency_injector.wiring import Provide, inject

from containers import Container, Inventory, Pricing, container


@DBOS.step()
@inject
def reserve(sku: str, inventory: Inventory = Provide[Container.inventory]) -> bool:
    return inventory.stock(sku) > 0


@DBOS.workflow()
def sell(sku: str, cents: int) -> int:
    if not reserve(sku):
        return 0
    pricing = container.pricing()
    return pricing.price(cents)


@DBOS.workflow()
def sell_unchecked(sku: str, cents: int) -> int:
    inventory = container.inventory()
    if inventory.stock(sku) == 0:
        return 0
    return Pricing(markup=5).price(cents)
