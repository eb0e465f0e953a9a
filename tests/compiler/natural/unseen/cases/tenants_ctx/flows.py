from __future__ import annotations

import structlog
from dbos import DBOS, SetWorkflowID
from structlog.contextvars import bind_contextvars

from context import Tenant, acting_as, current, depth, log


@DBOS.step()
def migrate(schema: str) -> str:
    log.info("migrating", schema=schema)
    return schema


@DBOS.step()
def migrate_current() -> str:
    with acting_as(Tenant("steps")):
        return migrate.__name__ + current().schema()


@DBOS.workflow()
def upgrade(tenant: Tenant) -> str:
    logger = structlog.get_logger().bind(tenant=tenant.name)
    logger.info("upgrade", id=DBOS.workflow_id)
    return migrate(tenant.schema())


@DBOS.workflow()
def upgrade_current() -> str:
    return migrate(current().schema())


@DBOS.workflow()
def upgrade_as(names: list[str]) -> list[str]:
    done = []
    for index, name in enumerate(names):
        with acting_as(Tenant(name)) as tenant:
            done.append(migrate(tenant.schema()))
        with SetWorkflowID(f"{DBOS.workflow_id}-{index}"):
            DBOS.start_workflow(upgrade, Tenant(name))
    if depth() > 3:
        done.append(migrate_current())
    return done


def middleware(name: str) -> str:
    bind_contextvars(tenant=name)
    with acting_as(Tenant(name)):
        return DBOS.start_workflow(upgrade, current()).workflow_id
