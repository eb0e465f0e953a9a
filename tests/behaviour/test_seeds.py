"""The programs of the guides, each loaded unchanged as a module, and what their pages promise.

Names that a page uses without defining them are put into the module before it runs, and HTTP is
answered from memory. The database, the queues and the clock's reading are real; where a program
sleeps for seconds, the clock is moved instead.
"""

from __future__ import annotations

import asyncio
import datetime
import runpy
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from dbos import DBOS, DBOSConfig, SetWorkflowID, testing
from dbos.error import DBOSException
from support import stand_ins
from support.behaviour import eventually, in_thread

PROGRAMS = Path(__file__).resolve().parent.parent / "seeds"

Load = Callable[..., Any]


class WebApplication:
    """Takes routes as FastAPI does: a decorator that gives the function back."""

    def __init__(self) -> None:
        self.routes: dict[tuple[str, str], Callable[..., Any]] = {}

    def _route(self, method: str, path: str) -> Callable[[Any], Any]:
        def take(function: Any) -> Any:
            self.routes[(method, path)] = function
            return function

        return take

    def post(self, path: str) -> Callable[[Any], Any]:
        """Register a route for POST."""
        return self._route("POST", path)

    def get(self, path: str) -> Callable[[Any], Any]:
        """Register a route for GET."""
        return self._route("GET", path)


@pytest.fixture
def served() -> list[Any]:
    """What was given to the web server."""
    return []


@pytest.fixture
def load(
    unlaunched: DBOSConfig, served: list[Any], monkeypatch: pytest.MonkeyPatch, database_url: str
) -> Load:
    """Load a program as a module of its own; keywords are the names that its page leaves out."""
    modules = dict(stand_ins.http_modules())
    modules["fastapi"] = types.ModuleType("fastapi")
    modules["uvicorn"] = types.ModuleType("uvicorn")
    modules["fastapi"].__dict__["FastAPI"] = WebApplication
    modules["uvicorn"].__dict__["run"] = lambda app, **_: served.append(app)
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setenv("DBOS_SYSTEM_DATABASE_URL", database_url)

    def load_program(name: str, **missing: Any) -> Any:
        path = PROGRAMS / f"{name}.py"
        module = types.ModuleType(name)
        module.__file__ = str(path)
        module.__dict__.update(missing)
        monkeypatch.setitem(sys.modules, name, module)
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), module.__dict__)
        return module

    return load_program


@pytest.fixture
def launch(unlaunched: DBOSConfig) -> Callable[..., None]:
    """Create and launch the runtime that most pages take for granted."""

    def create_and_launch(**settings: Any) -> None:
        config: Any = {**unlaunched, **settings}
        DBOS(config=config)
        DBOS.launch()

    return create_and_launch


def moving_clock(function: Callable[[], Any], seconds: float) -> None:
    """Run a function while the clock runs ahead, until it returns."""
    with testing.skipping_time() as clock:
        thread = in_thread(function)
        for _ in range(600):
            thread.join(0.05)
            if not thread.is_alive():
                return
            clock.skip(seconds)
    raise AssertionError("the program did not end")


def test_every_program_is_tested() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    programs = {path.stem for path in PROGRAMS.glob("*.py")}
    assert programs
    assert {name for name in programs if f'"{name}"' not in text} == set()


def test_basic_application(load: Load) -> None:
    program = load("guide_basic_application")
    DBOS.launch()
    with SetWorkflowID("w"):
        assert program.my_workflow("hello") == "processed"
    steps = [step["function_name"] for step in DBOS.list_workflow_steps("w")]
    assert steps == ["call_external_api", "process_result"]


def test_basic_application_as_a_script(load: Load) -> None:
    names = runpy.run_path(str(PROGRAMS / "guide_basic_application.py"), run_name="__main__")
    assert names["result"] == "processed"


@pytest.mark.parametrize(
    ("program", "function"),
    [
        ("guide_retries", "unreliable_api_call"),
        ("steps_example", "example_step"),
        ("steps_retries", "example_step"),
    ],
)
def test_steps(program: str, function: str, load: Load, launch: Callable[..., None]) -> None:
    launch()
    module = load(program)
    step = getattr(module, function)
    arguments = ("https://example.com",) if function == "unreliable_api_call" else ()

    @DBOS.workflow()
    def workflow() -> Any:
        return step(*arguments)

    assert step(*arguments) == stand_ins.PAGE
    with SetWorkflowID("w"):
        assert workflow() == stand_ins.PAGE
    assert [each["function_name"] for each in DBOS.list_workflow_steps("w")] == [function]


def test_a_coroutine_step(load: Load, launch: Callable[..., None]) -> None:
    launch()
    step = load("steps_coroutine").example_step

    @DBOS.workflow()
    async def workflow() -> Any:
        return await step()

    async def main() -> Any:
        return await workflow()

    assert asyncio.run(main()) == stand_ins.PAGE


def test_transactions(load: Load, launch: Callable[..., None], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'application.sqlite'}"
    program = load("guide_transactions")
    engine = sqlalchemy.create_engine(url)
    program.metadata.create_all(engine)
    launch(application_database_url=url)
    assert program.get_user("nobody") is None
    with SetWorkflowID("w"):
        assert program.user_workflow("user-1", "Ann") == {"id": "user-1", "name": "Ann"}
    with engine.connect() as connection:
        rows = connection.execute(program.users.select()).all()
    engine.dispose()
    assert [tuple(row) for row in rows] == [("user-1", "Ann")]


def test_background(load: Load, launch: Callable[..., None]) -> None:
    launch()
    program = load("guide_background", long_running_task=lambda data: f"task of {data}")
    assert program.result == "task of input"
    assert program.handle.workflow_id
    assert program.handle.get_status().status == "SUCCESS"


def test_queues(load: Load, launch: Callable[..., None]) -> None:
    launch()
    program = load("guide_queues")
    assert program.result == "Completed task 123"
    assert program.rate_limited_queue.enqueue(program.process_task, 7).get_result() == (
        "Completed task 7"
    )


def test_partitions(load: Load, launch: Callable[..., None]) -> None:
    launch()
    program = load("guide_partitions")
    eventually(
        lambda: [each.status for each in DBOS.list_workflows()] == ["SUCCESS"], "the action runs"
    )
    (row,) = DBOS.list_workflows()
    assert row.output == "Processed {'type': 'update'} for user_123"
    assert row.queue_partition_key == "user_123"
    handles = [
        program.queue.enqueue(program.process_user_action, key, {"n": number}, partition_key=key)
        for number in range(3)
        for key in ("a", "b")
    ]
    assert {handle.get_result() for handle in handles} == {
        f"Processed {{'n': {number}}} for {key}" for number in range(3) for key in ("a", "b")
    }


@pytest.mark.parametrize(
    ("status", "expected"), [("completed", "order_completed"), ("declined", "payment_failed")]
)
def test_messages(status: str, expected: str, load: Load, launch: Callable[..., None]) -> None:
    launch()
    program = load("guide_messages")
    handle = DBOS.start_workflow(program.checkout_workflow, "order-1")
    program.payment_webhook(handle.workflow_id, status)
    assert handle.get_result() == expected


def test_messages_that_never_come(load: Load, launch: Callable[..., None]) -> None:
    launch()
    program = load("guide_messages")
    results: list[str] = []
    moving_clock(lambda: results.append(program.checkout_workflow("order-1")), 300)
    assert results == ["payment_timeout"]


def test_events(load: Load, launch: Callable[..., None]) -> None:
    launch()
    program = load("guide_events", generate_payment_url=lambda order: f"https://pay/{order['id']}")
    assert program.checkout_handler({"id": 7}) == {"redirect_url": "https://pay/7"}


def test_durable_sleep(load: Load, launch: Callable[..., None]) -> None:
    launch()
    program = load("guide_sleep", execute_task=lambda task: f"{task} done")
    results: list[str] = []
    moving_clock(lambda: results.append(program.scheduled_task_workflow(5, "task")), 5)
    assert results == ["task done"]


def test_schedules(load: Load, launch: Callable[..., None]) -> None:
    backups: list[str] = []
    program = load(
        "guide_scheduled",
        perform_backup=lambda: backups.append("backup"),
        check_system_health=lambda: "healthy",
    )
    launch()
    now = datetime.datetime.now(datetime.UTC)
    assert program.daily_backup(now, now) == "backup_completed"
    assert program.health_check(now, now) == "healthy"
    assert backups == ["backup"]


def test_idempotency(load: Load, launch: Callable[..., None]) -> None:
    launch()
    program = load("guide_idempotent")
    assert [program.handle_payment("7", 10.0) for _ in range(3)] == ["processed"] * 3
    assert [each.workflow_id for each in DBOS.list_workflows()] == ["payment-7"]


def test_a_timeout(load: Load, launch: Callable[..., None]) -> None:
    launch()
    assert load("guide_timeout").result == "completed"
    (row,) = DBOS.list_workflows()
    assert row.workflow_timeout_ms == 3_600_000


def test_debouncing_with_an_argument_too_few(load: Load, launch: Callable[..., None]) -> None:
    launch()
    program = load("guide_debouncing")
    with pytest.raises((TypeError, DBOSException), match="final_input"):
        program.on_user_keystroke("user", "text")
    assert DBOS.list_workflows() == []
    handle = program.debouncer.debounce("user", 0.1, "user", "text")
    assert handle.get_result() == "Processing: text"


def test_coroutines(load: Load, launch: Callable[..., None]) -> None:
    launch()
    program = load("guide_async")
    results: list[Any] = []

    async def main() -> Any:
        return await program.async_workflow(["https://a", "https://b"])

    moving_clock(lambda: results.append(asyncio.run(main())), 1)
    assert results == [[stand_ins.PAGE, stand_ins.PAGE]]


def test_a_web_application(load: Load, launch: Callable[..., None]) -> None:
    launch()
    program = load("guide_fastapi")
    routes = program.app.routes
    create, show = routes["POST", "/orders/{order_id}"], routes["GET", "/orders/{order_id}/status"]
    with SetWorkflowID("order-1"):
        assert create("order-1") == {"order_id": "order-1", "status": "processed"}
    assert show("order-1").status == "SUCCESS"
    assert show("order-2") is None


def test_a_web_application_as_a_script(
    load: Load, unlaunched: DBOSConfig, served: list[Any]
) -> None:
    DBOS(config=unlaunched)
    runpy.run_path(str(PROGRAMS / "guide_fastapi.py"), run_name="__main__")
    assert [type(app) for app in served] == [WebApplication]


def test_classes(load: Load, unlaunched: DBOSConfig) -> None:
    DBOS(config=unlaunched)
    program = load("guide_classes")
    DBOS.launch()
    with SetWorkflowID("w"):
        assert program.processor.process() == {"transformed": stand_ins.DOCUMENT}
    status = DBOS.get_workflow_status("w")
    assert status is not None
    assert (status.name, status.class_name) == ("DataProcessor.process", "DataProcessor")
    assert status.config_name == "https://api.example.com/data"


def test_introspection(load: Load, launch: Callable[..., None]) -> None:
    launch()
    program = load("guide_introspection")

    @DBOS.step()
    def step(number: int) -> int:
        return number

    @DBOS.workflow()
    def workflow() -> list[int]:
        return [step(number) for number in range(4)]

    with SetWorkflowID("w"):
        workflow()
    pending, completed, steps = program.inspect("w")
    assert pending == []
    assert [each.workflow_id for each in completed] == ["w"]
    assert [each["output"] for each in steps] == [0, 1, 2, 3]
    (forked,) = DBOS.list_workflows(forked_from="w")
    assert DBOS.get_result(forked.workflow_id) == [0, 1, 2, 3]


def test_determinism(load: Load, launch: Callable[..., None]) -> None:
    launch()
    program = load("workflows_determinism", example_transaction=lambda body: len(body))
    with SetWorkflowID("w"):
        assert program.example_workflow("friend") == len(stand_ins.PAGE)
    assert [each["output"] for each in DBOS.list_workflow_steps("w")] == [stand_ins.PAGE]


def test_workflow_ids(load: Load, launch: Callable[..., None]) -> None:
    launch()
    load("workflows_ids")
    assert [(each.workflow_id, each.status) for each in DBOS.list_workflows()] == [
        ("very-unique-id", "SUCCESS")
    ]


def test_a_workflow_in_the_background(load: Load, launch: Callable[..., None]) -> None:
    launch()
    loaded: list[Any] = []
    moving_clock(lambda: loaded.append(load("workflows_background")), 10)
    assert loaded[0].result == "var1var2"


def test_coroutine_workflows(load: Load, launch: Callable[..., None]) -> None:
    launch()
    program = load("workflows_async", example_transaction=lambda body: len(body))
    results: list[Any] = []

    async def main() -> Any:
        handle = await DBOS.start_workflow_async(program.example_workflow, "friend")
        return await handle.get_result()

    moving_clock(lambda: results.append(asyncio.run(main())), 10)
    assert results == [len(stand_ins.PAGE)]


def test_a_reminder_of_weeks(load: Load, launch: Callable[..., None]) -> None:
    launch()
    sent: list[str] = []
    program = load(
        "workflows_reminder",
        send_confirmation_email=lambda email: sent.append(f"confirmation to {email}"),
        send_reminder_email=lambda email: sent.append(f"reminder to {email}"),
    )
    month = 30 * 24 * 3600
    moving_clock(lambda: program.reminder_workflow("ann@example.com", month), month / 2)
    assert sent == ["confirmation to ann@example.com", "reminder to ann@example.com"]
