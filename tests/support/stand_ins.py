"""The outside world for programs of the documentation: HTTP clients that answer from memory.

In: nothing. Out: modules to put in the place of `requests` and `aiohttp`. They never open a
connection; our own database and runtime are never replaced.
"""

from __future__ import annotations

import types
from typing import Any, Self

PAGE = "<h1>Example Domain</h1>"
DOCUMENT = {"status": "processed", "value": 42}


class _Answer:
    """One HTTP answer."""

    text = PAGE

    def json(self) -> dict[str, Any]:
        return dict(DOCUMENT)

    def raise_for_status(self) -> None:
        return None


class _AsyncAnswer:
    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def text(self) -> str:
        return PAGE


class _ClientSession:
    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    def get(self, _url: str) -> _AsyncAnswer:
        return _AsyncAnswer()


def http_modules() -> dict[str, types.ModuleType]:
    """Stand-ins for `requests` and `aiohttp`, by module name."""
    requests = types.ModuleType("requests")
    aiohttp = types.ModuleType("aiohttp")
    requests.__dict__.update(
        get=lambda _url, **_: _Answer(), post=lambda _url, **_: _Answer(), Timeout=TimeoutError
    )
    aiohttp.__dict__.update(ClientSession=_ClientSession)
    return {"requests": requests, "aiohttp": aiohttp}
