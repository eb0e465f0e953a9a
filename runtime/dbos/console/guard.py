"""Who may use the console: the address, the token and the origin of each request, and the headers
of each answer.

In: ASGI requests. Out: requests that may pass. Never lets another site read a page or press a
button: names that are not ours are refused (DNS rebinding), forms carry a secret of this process,
and no page may be framed or run a script.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dbos.error import DBOSInitializationError

COOKIE = "dbos_console"
SHORTEST_TOKEN = 16
LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
OPEN_PATHS = frozenset(("/login", "/console.css", "/icon.svg"))
HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none';"
        " form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Secrets:
    """The secrets of one console: its token, if any, and what its forms and cookies carry."""

    def __init__(self, token: str | None) -> None:
        if token is not None and len(token) < SHORTEST_TOKEN:
            raise DBOSInitializationError(
                f"The console's token must have at least {SHORTEST_TOKEN} characters"
            )
        self._token = token
        self._key = secrets.token_bytes(32)
        self.csrf = self._sign("form")

    def _sign(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    @property
    def cookie(self) -> str:
        """What the cookie of somebody who knows the token holds; it ends with this process."""
        return self._sign("cookie")

    def is_token(self, given: str) -> bool:
        """Whether this is the token."""
        return self._token is not None and _same(given, self._token)

    def is_csrf(self, given: str) -> bool:
        """Whether a form came from a page of this console."""
        return _same(given, self.csrf)

    def knows(self, request: Request) -> bool:
        """Whether the request may pass: no token is set, or it carries it, or its cookie."""
        if self._token is None:
            return True
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.is_token(given.strip()):
            return True
        return _same(request.cookies.get(COOKIE, ""), self.cookie)


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def from_here(headers: Headers) -> bool:
    """Whether a form was sent by a page of the same origin, as far as the browser tells."""
    origin = headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc == headers.get("host")
    return headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")


class Guard:
    """ASGI middleware in front of everything. ``hosts`` of None lets the outer application decide
    which names it answers to.
    """

    def __init__(self, app: ASGIApp, known: Secrets, hosts: Collection[str] | None) -> None:
        self._app = app
        self._known = known
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or pass on one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        refusal = self._refusal(Request(scope))
        await (refusal or self._app)(scope, receive, sealed)

    def _refusal(self, request: Request) -> Response | None:
        host = request.headers.get("host", "")
        if self._hosts is not None and _host_name(host) not in self._hosts:
            return PlainTextResponse(f"This console does not answer to {host!r}\n", 421)
        prefix = request.scope.get("root_path", "")
        path = request.scope["path"].removeprefix(prefix)
        if path in OPEN_PATHS or self._known.knows(request):
            return None
        if path.startswith("/api/"):
            told = "Send the console's token: Authorization: Bearer …\n"
            return PlainTextResponse(told, 401, headers={"www-authenticate": "Bearer"})
        return RedirectResponse(f"{prefix}/login", 303)


def _host_name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
