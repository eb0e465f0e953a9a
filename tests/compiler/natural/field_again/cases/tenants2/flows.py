from context import Tenant, legacy_tenant, tenant
from dbos import DBOS


@DBOS.step()
def bill(name: str) -> str:
    return name


@DBOS.workflow()
def monthly() -> str:
    return bill(tenant() + legacy_tenant())


@DBOS.workflow()
def create(name: str) -> str:
    made = Tenant(name)
    return bill(made.name)
