"""What the network answers in a world, and stand-ins for the HTTP libraries that cases use.

In: the number of a world. Out: answers that carry it. They never open a connection. Nothing here is
used outside the oracle.
"""

from __future__ import annotations

import io
import types
from typing import Any, Self

from support.oracle import recorder


class Answer(io.BytesIO):
    """One answer; usable as a response of any of the HTTP libraries."""

    status = 200

    def __init__(self, number: int) -> None:
        super().__init__(str(number).encode())
        self.number = number
        self.text = f"answer {number}"
        self.content = self.text.encode()
        self.status_code = 200 + number
        self.ok = number % 2 == 0
        self.headers = {"etag": str(number)}

    def json(self) -> dict[str, Any]:
        """A document that differs between worlds."""
        return {"value": self.number, "status": f"answer {self.number}"}

    def raise_for_status(self) -> None:
        """Every answer is a success."""


class Client:
    """An HTTP session in this world."""

    number = 0

    def __init__(self, *_: Any, **__: Any) -> None:
        self.headers: dict[str, str] = {}

    def get(self, *_: Any, **__: Any) -> Answer:
        """Any verb: an effect, and an answer."""
        recorder.note("network")
        return Answer(self.number)

    post = put = patch = delete = head = request = send = get

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def close(self) -> None:
        """Nothing is open."""


class AsyncClient:
    """The same with coroutines."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.inner = Client()

    async def get(self, *_: Any, **__: Any) -> Answer:
        """Any verb."""
        return self.inner.get()

    post = put = patch = delete = head = request = send = get

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None


class Address(str):
    """`httpx.URL`: only text."""

    host = property(lambda self: self.partition("//")[2].partition("/")[0])


def http_clients(number: int) -> dict[str, types.ModuleType]:
    """Stand-ins for `requests` and `httpx`."""
    Client.number = number
    found = {}
    for name, client in (("requests", "Session"), ("httpx", "Client")):
        module = types.ModuleType(name)
        errors = {
            error: type(error, (OSError,), {})
            for error in ("Timeout", "HTTPError", "RequestException", "TimeoutException")
        }
        call = Client().get
        verbs = dict.fromkeys(("get", "post", "put", "patch", "delete", "head", "request"), call)
        session = type(client, (Client,), {"__module__": name})
        module.__dict__.update({client: session, "Response": Answer}, **errors, **verbs)
        module.__dict__.update(AsyncClient=AsyncClient, URL=Address)
        found[name] = module
    return found
