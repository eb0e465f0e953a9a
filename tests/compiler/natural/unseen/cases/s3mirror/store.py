from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiobotocore.session import AioSession, get_session


@dataclass
class Bucket:
    name: str
    session: AioSession = field(default_factory=get_session)

    async def keys(self, prefix: str = "") -> AsyncIterator[str]:
        async with self.session.create_client("s3") as client:  # maybe: DBS202
            pages = client.get_paginator("list_objects_v2")
            async for page in pages.paginate(Bucket=self.name, Prefix=prefix):  # flags: DBS202
                for item in page.get("Contents", []):
                    yield item["Key"]

    async def copy(self, key: str, target: str) -> dict[str, Any]:
        async with self.session.create_client("s3") as client:
            return await client.copy_object(Bucket=target, Key=key, CopySource=f"{self.name}/{key}")

    def url(self, key: str) -> str:
        return f"https://{self.name}.s3.amazonaws.com/{key}"
