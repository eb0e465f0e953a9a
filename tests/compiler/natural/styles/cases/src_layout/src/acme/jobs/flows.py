from __future__ import annotations

from dbos import DBOS

from ..lib.text import slug
from ..lib.net import probe as _probe
from ..settings import settings


@DBOS.step()
async def probe(host: str) -> bool:
    return _probe(host)


@DBOS.workflow()
async def fulfil(number: str) -> str:
    if await probe("warehouse"):
        return slug(number)
    return ""


@DBOS.workflow()
async def fulfil_locally(number: str) -> str:
    reachable = _probe("warehouse")
    return slug(number) if reachable and settings.region == "eu" else ""  # flags: DBS302
