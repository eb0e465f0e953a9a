"""The console as an ASGI application: pages for people and the same facts as JSON.

In: the URL of a system database. Out: a Starlette application, to serve or to mount. The database
is opened at the first request that needs it, and never created. Without ``allow_actions`` nothing
that is sent to it changes anything.
"""

from __future__ import annotations

import contextlib
import json
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from importlib import resources
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dbos.config import valid_schema
from dbos.console import actions, asked, flow, flow_picture, guard, pages, run_page
from dbos.console.asked import WrongField
from dbos.console.facts import Facts
from dbos.console.flow import Flows
from dbos.console.frame import Frame
from dbos.error import DBOSException, DBOSInitializationError, DBOSNonExistentWorkflowError
from dbos.kernel import seam
from dbos.report import plain, to_json
from dbos.system.dialect import is_driver_error
from dbos.system.existing import open_existing

MOST_BODY_BYTES = 1 << 16
MOST_API_ROWS = 1000
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="4" cy="8" r="3"'
    ' fill="#1a7f4b"/><path d="M7 8h6M10 5l3 3-3 3" stroke="#1f5fbf" stroke-width="2"'
    ' fill="none"/></svg>'
)


class Console:
    """What the handlers share: the database, the secrets, and what is allowed."""

    def __init__(
        self, url: str, schema: str, known: guard.Secrets, allow_actions: bool, flows: Flows
    ) -> None:
        self._url = url
        self._schema = schema
        self.known = known
        self._allow_actions = allow_actions
        self._flows = flows
        self._facts: Facts | None = None
        self._lock = threading.Lock()

    def facts(self) -> Facts:
        """The facts. Raises ``DBOSInitializationError`` when the database cannot be used."""
        with self._lock:
            if self._facts is None:
                self._facts = Facts(open_existing(self._url, schema=self._schema))
            return self._facts

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            if self._facts is not None:
                self._facts.close()
                self._facts = None

    def frame(self, request: Request) -> Frame:
        """Where this request's page is shown."""
        prefix = request.scope.get("root_path", "")
        return Frame(
            prefix=prefix,
            database=self._facts.database() if self._facts is not None else "",
            actions=self._allow_actions,
            csrf=self.known.csrf,
            path=request.scope["path"].removeprefix(prefix) or "/",
            query=tuple(request.query_params.multi_items()),
        )

    def overview(self, request: Request) -> str:
        """``/``."""
        facts = self.facts()
        found = facts.overview()
        return pages.overview(
            self.frame(request), found, facts.database_argument(), _refreshes(request)
        )

    def workflows(self, request: Request) -> str:
        """``/workflows``: the filters stand in the address."""
        fields = request.query_params
        page = self.facts().workflows(asked.choice(fields), asked.before(fields))
        given = {name: fields[name] for name in (*asked.TEXTS, *asked.MOMENTS) if fields.get(name)}
        return pages.workflows(self.frame(request), page, given, _refreshes(request))

    def workflow(self, request: Request) -> str:
        """``/workflow?id=…``."""
        facts, fields = self.facts(), request.query_params
        workflow_id = asked.text(fields, "id") or ""
        after = asked.whole(fields, "after", least=0, default=0) or 0
        run = facts.run(workflow_id)
        drawn = None
        known = self._flows.of(run.status.name, run.status.workflow_version)
        if known is not None:
            names = facts.names(workflow_id, flow.MOST_OPERATIONS)
            ended = run.status.completed_at is not None
            drawn = flow_picture.section(known, flow.passed(known, names, ended=ended))
        return run_page.render(
            self.frame(request),
            run,
            facts.steps(workflow_id, after),
            first=after == 0,
            now_ms=seam.now_ms(),
            flow=drawn,
            refresh=_refreshes(request),
        )

    def queues(self, request: Request) -> str:
        """``/queues``."""
        found = self.facts().queues()
        return pages.queues(self.frame(request), found)

    def schedules(self, request: Request) -> str:
        """``/schedules``."""
        found = self.facts().schedules()
        return pages.schedules(self.frame(request), found)

    def versions(self, request: Request) -> str:
        """``/versions``."""
        found = self.facts().versions()
        return pages.versions(self.frame(request), found)

    def executors(self, request: Request) -> str:
        """``/executors``."""
        found = self.facts().executors()
        return pages.executors(self.frame(request), found)

    def action(self, request: Request) -> str:
        """``/action?verb=…&id=…``: asks before anything happens."""
        if not self._allow_actions:
            raise Forbidden("This console is read-only; start it with --allow-actions")
        self.facts()
        return actions.confirmation(self.frame(request), request.query_params)

    def perform(self, request: Request, fields: Mapping[str, str]) -> Response:
        """``POST /action``."""
        if not self._allow_actions:
            raise Forbidden("This console is read-only; start it with --allow-actions")
        if not self.known.is_csrf(fields.get("csrf", "")):
            raise Forbidden("The form is not from this console, or the console was started anew")
        workflow_id = actions.perform(self._url, self._schema, fields)
        return RedirectResponse(self.frame(request).href("/workflow", id=workflow_id), 303)

    def login(self, request: Request, fields: Mapping[str, str]) -> Response:
        """``POST /login``."""
        frame = self.frame(request)
        if not self.known.is_token(fields.get("token", "")):
            return HTMLResponse(pages.login(frame, wrong=True), 403)
        answer = RedirectResponse(frame.href("/"), 303)
        answer.set_cookie(
            guard.COOKIE,
            self.known.cookie,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
            path=frame.prefix or "/",
        )
        return answer

    def answers(self) -> dict[str, Callable[[Request], Any]]:
        """The paths below ``/api`` and what each answers."""
        return {
            "overview": lambda _: self.facts().overview(),
            "workflows": self._api_workflows,
            "workflow": lambda request: self.facts().run(_id(request)),
            "steps": self._api_steps,
            "queues": lambda _: self.facts().queues(),
            "schedules": lambda _: self.facts().schedules(),
            "versions": lambda _: self.facts().versions(),
            "executors": lambda _: self.facts().executors(),
        }

    def _api_workflows(self, request: Request) -> Any:
        fields = request.query_params
        return self.facts().workflows(asked.choice(fields), asked.before(fields), _limit(request))

    def _api_steps(self, request: Request) -> Any:
        after = asked.whole(request.query_params, "after", least=0, default=0) or 0
        return self.facts().steps(_id(request), after, _limit(request))


class Forbidden(DBOSException):
    """Something that this console does not allow."""


def _id(request: Request) -> str:
    return asked.text(request.query_params, "id") or ""


def _limit(request: Request) -> int:
    given = asked.whole(request.query_params, "limit", least=1, default=50) or 50
    if given > MOST_API_ROWS:
        raise WrongField(f"limit must be at most {MOST_API_ROWS}")
    return given


def _refreshes(request: Request) -> bool:
    return request.query_params.get("refresh") == "1"


def _failure(error: Exception) -> tuple[int, str, str]:
    """Status, title and one sentence for an error that a request may meet; others are raised."""
    if isinstance(error, DBOSNonExistentWorkflowError):
        return 404, "Not found", str(error)
    if isinstance(error, Forbidden):
        return 403, "Not allowed", str(error)
    if isinstance(error, DBOSInitializationError):
        return 503, "No system database", str(error)
    if isinstance(error, DBOSException):
        return 400, "Wrong request", str(error)
    if isinstance(error, json.JSONDecodeError):
        return 500, "Damaged", f"A row of this workflow is damaged: {error}"
    if is_driver_error(error):
        told = str(error).strip().partition("\n")[0]
        return 503, "The system database does not answer", plain(told)
    raise error


def _page(console: Console, make: Callable[[Request], str]) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        try:
            return HTMLResponse(make(request))
        except Exception as error:
            status, title, told = _failure(error)
            return HTMLResponse(pages.problem(console.frame(request), title, told), status)

    return answer


def _api(make: Callable[[Request], Any]) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        try:
            return Response(to_json(make(request)), media_type="application/json")
        except Exception as error:
            status, _, told = _failure(error)
            return Response(to_json({"error": told}), status, media_type="application/json")

    return answer


def _form(
    console: Console, handle: Callable[[Request, Mapping[str, str]], Response]
) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        try:
            if not guard.from_here(request.headers):
                raise Forbidden("The form was sent by another site")
            fields = await _fields(request)
            return await run_in_threadpool(handle, request, fields)
        except Exception as error:
            status, title, told = _failure(error)
            return HTMLResponse(pages.problem(console.frame(request), title, told), status)

    return answer


async def _fields(request: Request) -> dict[str, str]:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BODY_BYTES:
            raise WrongField("the form is too large")
    text = body.decode("utf-8", "replace")
    return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=100))


def _asset(name: str, media_type: str) -> Callable[[Request], Response]:
    text = resources.files("dbos.console").joinpath(name).read_text("utf-8")
    return lambda _: Response(text, media_type=media_type)


def build(
    url: str,
    *,
    schema: str = "dbos",
    allow_actions: bool = False,
    token: str | None = None,
    hosts: Collection[str] | None = None,
    flows: Flows | None = None,
) -> Starlette:
    """The application; see ``dbos.console.app``."""
    known = guard.Secrets(token)
    console = Console(url, valid_schema(schema), known, allow_actions, flows or Flows({}))
    views = {
        "/": console.overview,
        "/workflows": console.workflows,
        "/workflow": console.workflow,
        "/queues": console.queues,
        "/schedules": console.schedules,
        "/versions": console.versions,
        "/executors": console.executors,
        "/action": console.action,
        "/login": lambda request: pages.login(console.frame(request), wrong=False),
    }
    routes = [
        *(Route(path, _page(console, make), methods=["GET"]) for path, make in views.items()),
        *(Route(f"/api/{name}", _api(make)) for name, make in console.answers().items()),
        Route("/action", _form(console, console.perform), methods=["POST"]),
        Route("/login", _form(console, console.login), methods=["POST"]),
        Route("/console.css", _asset("style.css", "text/css")),
        Route("/icon.svg", lambda _: Response(ICON, media_type="image/svg+xml")),
    ]

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        console.close()

    shield = Middleware(guard.Guard, known=known, hosts=hosts)
    application = Starlette(routes=routes, middleware=[shield], lifespan=lifespan)
    # A mounted application is not told when the outer one stops.
    weakref.finalize(application, console.close)
    return application
