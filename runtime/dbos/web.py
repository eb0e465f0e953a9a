"""Web applications: launch with the server, and requests that carry an idempotency key.

In: a FastAPI (or any Starlette) application, or a Flask one. Out: the same with DBOS around it.
Never imports a web framework: it speaks ASGI and WSGI.

A request with the header ``dbos-idempotency-key`` gives its first workflow that id, so a client
that repeats the request gets the same execution. A key that cannot be an id is the client's error
(400). Errors of DBOS become JSON answers.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from dbos.error import (
    DBOSConflictingWorkflowError,
    DBOSException,
    DBOSNonExistentWorkflowError,
    DBOSNotAuthorizedError,
)
from dbos.kernel.context import SetWorkflowID

IDEMPOTENCY_HEADER = "dbos-idempotency-key"
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def status_of(error: DBOSException) -> int:
    """The HTTP status that says what an error of DBOS means to a client."""
    match error:
        case DBOSNotAuthorizedError():
            return 403
        case DBOSNonExistentWorkflowError():
            return 404
        case DBOSConflictingWorkflowError():
            return 409
        case _:
            return 500


def _scope(key: str | None) -> contextlib.AbstractContextManager[Any]:
    return SetWorkflowID(key) if key else contextlib.nullcontext()


class Middleware:
    """ASGI: the idempotency key of each request, and errors of DBOS as JSON."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request. An error after the answer has begun is left to the server."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            key = _scope(_header(scope))
        except DBOSException as error:
            await _answer(send, 400, error)
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            with key:
                await self.app(scope, receive, watched)
        except DBOSException as error:
            if begun:
                raise
            await _answer(send, status_of(error), error)


async def _answer(send: Send, status: int, error: DBOSException) -> None:
    body = _body(error)
    headers = [(b"content-type", b"application/json"), (b"content-length", _number(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _header(scope: Message) -> str | None:
    for name, value in scope.get("headers", ()):
        if name.lower() == IDEMPOTENCY_HEADER.encode():
            return str(value.decode("latin-1"))
    return None


def _body(error: DBOSException) -> bytes:
    return json.dumps({"message": str(error), "code": error.dbos_error_code}).encode()


def _number(body: bytes) -> bytes:
    return str(len(body)).encode()


def attach_fastapi(app: Any, launch: Callable[[], None], destroy: Callable[[], None]) -> None:
    """Launch when the server starts and destroy when it stops; wrap each request."""
    app.add_middleware(Middleware)
    inner = app.router.lifespan_context

    @contextlib.asynccontextmanager
    async def lifespan(application: Any) -> AsyncIterator[Any]:
        await asyncio.to_thread(launch)
        try:
            async with inner(application) as state:
                yield state
        finally:
            await asyncio.to_thread(destroy)

    app.router.lifespan_context = lifespan


def attach_flask(app: Any) -> None:
    """Wrap each request. WSGI has no start-up: call ``DBOS.launch()`` before serving."""
    inner = app.wsgi_app

    def wrapped(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            key = _scope(environ.get("HTTP_" + IDEMPOTENCY_HEADER.upper().replace("-", "_")))
        except DBOSException as error:
            start_response("400 Bad Request", [("Content-Type", "application/json")])
            return [_body(error)]
        with key:
            answer: Iterable[bytes] = inner(environ, start_response)
            return answer

    app.wsgi_app = wrapped
    app.register_error_handler(
        DBOSException,
        lambda error: (_body(error), status_of(error), {"content-type": "application/json"}),
    )
