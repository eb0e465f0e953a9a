import time
import uuid

import attrs
import msgspec
from attrs import define, field


@define
class Visit:
    page: str
    at: float = field(factory=time.time)


@attrs.frozen
class Page:
    path: str
    id: str = attrs.field(factory=lambda: uuid.uuid4().hex)


class Hit(msgspec.Struct):
    path: str
    count: int = 0
