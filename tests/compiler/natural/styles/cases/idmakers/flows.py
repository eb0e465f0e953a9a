from __future__ import annotations

from dbos import DBOS, SetWorkflowID

from ids import ObjectId, derived, make_cuid, order_id, parse, shortuuid, snowflake, tag, uuid6


@DBOS.step()
def allot() -> str:
    return f"{order_id()}-{tag()}-{make_cuid()}"


@DBOS.workflow()
def pack(order: str) -> str:
    return order


@DBOS.workflow()
def order(parts: list[str]) -> str:
    made = allot()
    for part in parts:
        with SetWorkflowID(derived(made, part)):
            pack(part)
    return made


@DBOS.workflow()
def order_hastily(part: str) -> str:
    made = order_id()
    with SetWorkflowID(shortuuid.uuid()):  # flags: DBS104 DBS105
        pack(made)
    return tag()


@DBOS.workflow()
def numbers() -> list[str]:
    return [
        str(next(snowflake)),  # flags: DBS609
        str(uuid6.uuid7()),  # flags: DBS104
        str(ObjectId()),  # flags: DBS104
        make_cuid(),  # flags: DBS104
    ]


@DBOS.workflow()
def read(text: str) -> str:
    return str(parse(text).generation_time)
