from __future__ import annotations

import os
import sys
import platform
from typing import Any

from dbos import DBOS
from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings
from datetime import datetime
from uuid import uuid4


class Settings(BaseSettings):
    currency: str = "EUR"
    strict: bool = False


class Contract(BaseModel):
    id: str = Field(default_factory=lambda: str(uuid4()))
    title: str
    signed: datetime | None = None


settings = Settings()


@DBOS.step()
def sign(contract: Contract) -> Contract:
    return contract.model_copy(update={"signed": datetime.now()})


@DBOS.workflow()
def conclude(title: str) -> dict[str, Any]:
    contract = Contract(title=title)  # flags: DBS104
    signed = sign(contract)
    local = Settings()  # flags: DBS301
    return {"id": signed.id, "currency": local.currency, "size": sys.maxsize}


@DBOS.workflow()
def named(title: str, key: str) -> str:
    contract = Contract(title=title, id=key)
    if platform.system() == "Linux":  # flags: DBS303
        return sign(contract).title
    return contract.title + os.linesep
