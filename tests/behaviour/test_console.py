"""The console: pages and JSON about stored workflows, hostile names and pickles included, on both
databases; what it refuses; and the real command with a real client."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from dbos import DBOS, DBOSConfig, SetWorkflowID, cli, console
from dbos.console.asked import WrongField, moment
from dbos.error import DBOSAwaitedWorkflowCancelledError, DBOSInitializationError
from dbos.system import existing, inspection
from support.behaviour import SystemTables

HOSTILE = "<img src=x onerror=alert(1)>\"'&/../?a=1#b\u202eevil\u0007"
TOKEN = "a-token-of-many-letters"


class Trap:
    """Its pickle leaves a mark when it is loaded."""

    def __reduce__(self) -> Any:
        return (marked, ())


MARKS: list[str] = []


def marked() -> str:
    """What loading the trap's pickle calls."""
    MARKS.append("loaded")
    return "loaded"


class Elements(HTMLParser):
    """The names of the elements and the attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one element."""
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.fixture
def population(launched: None) -> None:
    """A workflow with steps, a child, events and a stream; a failed one; one with a pickle."""

    @DBOS.step(name="double")
    def double(value: int) -> int:
        return value * 2

    @DBOS.step(name="fail")
    def fail() -> None:
        raise OSError("no courier <b>today</b>")

    @DBOS.workflow(name="inner")
    def inner(value: int) -> int:
        return double(value)

    @DBOS.workflow(name="good")
    def good(value: int) -> dict[Any, Any]:
        DBOS.set_event("link", "<i>here</i>")
        DBOS.write_stream("log", 1)
        DBOS.write_stream("log", {"last": True})
        DBOS.sleep(0.001)
        with contextlib.suppress(OSError):
            fail()
        DBOS.start_workflow(inner, value).get_result()
        return {"total": double(value), (1, 2): float("nan")}

    @DBOS.workflow(name=HOSTILE)
    def bad(text: str) -> None:
        raise ValueError(text)

    @DBOS.workflow(name="trap")
    def trap(value: Any) -> None:
        return None

    with SetWorkflowID("good-1"):
        good(1)
    with SetWorkflowID(HOSTILE), pytest.raises(ValueError, match="script"):
        bad("<script>alert(1)</script>")
    with SetWorkflowID("trap-1"):
        trap(Trap())
    MARKS.clear()


@pytest.fixture
def client(population: None, database_url: str) -> Iterator[TestClient]:
    """A client of a read-only console."""
    with TestClient(console.app(database_url)) as found:
        yield found


@pytest.fixture
def acting(population: None, database_url: str) -> Iterator[TestClient]:
    """A client of a console that allows actions."""
    with TestClient(console.app(database_url, allow_actions=True)) as found:
        yield found


def secret(client: TestClient, **query: str) -> str:
    """The secret in the form that asks before an action."""
    page = client.get("/action", params=query).text
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert found, page
    return found[1]


PAGES = ("/", "/workflows", "/queues", "/schedules", "/versions", "/executors")


def test_hostile_names_stay_text_and_no_page_has_scripts_or_styles_of_its_own(
    client: TestClient,
) -> None:
    for path in (*PAGES, "/workflow"):
        for id in ("good-1", HOSTILE, "trap-1") if path == "/workflow" else ("",):
            answer = client.get(path, params={"id": id} if id else {})
            assert answer.status_code == 200, path
            page = Elements(answer.text)
            assert page.names.isdisjoint({"script", "img", "style", "i", "iframe"}), path
            assert not {name for name in page.attributes if name.startswith("on")}
            assert "style" not in page.attributes
            assert "\u202e" not in answer.text
            assert "\u0007" not in answer.text
            assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert MARKS == []


def test_a_workflow_is_found_by_its_hostile_id_and_shown_with_all_it_did(
    client: TestClient,
) -> None:
    listed = client.get("/workflows", params={"id": HOSTILE[:9]}).text
    (link,) = re.findall(r'href="(/workflow\?id=[^"]+)"', listed)
    page = client.get(link.replace("&amp;", "&")).text
    assert "ValueError: &lt;script&gt;" in page
    good = client.get("/workflow", params={"id": "good-1"}).text
    for part in ("double", "&lt;i&gt;here", "no courier", "<svg", "good-1-", "last", "(1, 2)"):
        assert part in good
    assert "not loaded here" in client.get("/workflow", params={"id": "trap-1"}).text
    assert MARKS == []


def test_the_same_facts_are_json(client: TestClient) -> None:
    run = client.get("/api/workflow", params={"id": "good-1"}).json()
    assert run["status"]["status"] == "SUCCESS"
    assert run["events"] == {"link": "<i>here</i>"}
    assert run["streams"] == [{"key": "log", "values": 2, "last": {"last": True}}]
    assert [one["name"] for one in run["children"]] == ["inner"]
    steps = client.get("/api/steps", params={"id": "good-1", "limit": "3"}).json()
    assert [one["number"] for one in steps["steps"]] == [1, 2, 3]
    rest = client.get("/api/steps", params={"id": "good-1", "after": steps["next_after"]}).json()
    assert [one["name"] for one in rest["steps"]][-1] == "double"
    assert rest["next_after"] is None
    overview = client.get("/api/overview").json()
    assert overview["statuses"] == {"SUCCESS": 3, "ERROR": 1}
    assert [one["alive"] for one in overview["executors"]] == [True]
    for name in ("workflows", "queues", "schedules", "versions", "executors"):
        assert client.get(f"/api/{name}").status_code == 200, name


WRONG = (
    ("/workflow?id=nobody", 404),
    ("/workflow", 404),
    ("/workflow?id=%00", 400),
    ("/workflow?id=good-1&after=-1", 400),
    ("/workflow?id=good-1&after=99999999999999999999", 400),
    ("/workflows?from=yesterday", 400),
    ("/workflows?from=9999-99-99", 400),
    ("/workflows?before_time=x", 400),
    ("/workflows?status=%00", 400),
    ("/workflows?status=NOTHING", 200),
    ("/api/workflow?id=nobody", 404),
    ("/api/workflows?limit=0", 400),
    ("/api/workflows?limit=1001", 400),
    ("/api/workflows?limit=%D9%A1", 400),
    ("/action?verb=cancel&id=good-1", 403),
    ("/nowhere", 404),
)


def test_wrong_requests_have_a_status_and_one_sentence(client: TestClient) -> None:
    for path, status in WRONG:
        answer = client.get(path)
        assert answer.status_code == status, (path, answer.text)
        assert "Traceback" not in answer.text
        if path.startswith("/api") and status >= 400:
            assert set(answer.json()) == {"error"}, path


def test_a_day_ends_with_its_end() -> None:
    first = moment({"to": "2026-01-31"}, "to", until=False)
    last = moment({"to": "2026-01-31"}, "to", until=True)
    assert first is not None
    assert last == first + 24 * 3600 * 1000 - 1
    with pytest.raises(WrongField):
        moment({"to": "2026-02-30"}, "to", until=True)


def test_pages_by_key_show_every_workflow_once(client: TestClient, tables: SystemTables) -> None:
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 1}
    while True:
        page = client.get("/api/workflows", params=query).json()
        seen += [one["workflow_id"] for one in page["workflows"]]
        if page["next_before"] is None:
            break
        at, id = page["next_before"]
        query |= {"before_time": at, "before_id": id}
    assert len(seen) == len(set(seen)) == 4


def test_without_actions_nothing_that_is_sent_changes_anything(client: TestClient) -> None:
    page = client.get("/workflow", params={"id": "good-1"}).text
    assert "/action" not in page
    answer = client.post("/action", data={"verb": "restart", "id": "good-1"})
    assert answer.status_code == 403
    assert client.delete("/workflow").status_code == 405
    assert DBOS.list_workflows(forked_from="good-1") == []


FOREIGN: tuple[tuple[dict[str, str], bool], ...] = (
    ({}, False),
    ({"origin": "https://evil.example"}, True),
    ({"origin": "null"}, True),
    ({"sec-fetch-site": "cross-site"}, True),
)


def test_a_form_of_another_site_does_nothing(acting: TestClient) -> None:
    known = secret(acting, verb="restart", id="good-1")
    for headers, with_secret in FOREIGN:
        fields = {"verb": "restart", "id": "good-1", "csrf": known if with_secret else "guess"}
        assert acting.post("/action", data=fields, headers=headers).status_code == 403, headers
    assert DBOS.list_workflows(forked_from="good-1") == []


def test_a_form_that_is_too_large_or_asks_for_nonsense_is_refused(acting: TestClient) -> None:
    assert acting.post("/action", data={"verb": "x" * 100_000}).status_code == 400
    csrf = secret(acting, verb="cancel", id="good-1")
    for fields, status in (
        ({"verb": "explode", "id": "good-1"}, 400),
        ({"verb": "fork", "id": "good-1", "step": "0"}, 400),
        ({"verb": "resume", "id": "nobody"}, 404),
        ({"verb": "resume", "id": "a\x00"}, 400),
    ):
        assert acting.post("/action", data={**fields, "csrf": csrf}).status_code == status, fields


def test_confirmed_actions_are_done(acting: TestClient) -> None:
    for verb, step in (("restart", "1"), ("fork", "7")):
        fields = {"verb": verb, "id": "good-1", "step": step}
        csrf = secret(acting, **fields)
        answer = acting.post("/action", data={**fields, "csrf": csrf}, follow_redirects=False)
        assert answer.status_code == 303
        new = answer.headers["location"].removeprefix("/workflow?id=")
        assert DBOS.get_result(new)["total"] == 2


def test_a_waiting_workflow_is_cancelled_and_resumed(acting: TestClient) -> None:
    @DBOS.workflow(name="waits")
    def waits() -> Any:
        return DBOS.recv("go", 60)

    with SetWorkflowID("w"):
        handle = DBOS.start_workflow(waits)
    for verb in ("cancel", "resume"):
        offered = acting.get("/workflow", params={"id": "w"}).text
        assert f"verb={verb}" in offered
        csrf = secret(acting, verb=verb, id="w")
        acting.post("/action", data={"verb": verb, "id": "w", "csrf": csrf})
        if verb == "cancel":
            with pytest.raises(DBOSAwaitedWorkflowCancelledError):
                handle.get_result()
    DBOS.send("w", "went on", "go")
    assert DBOS.get_result("w") == "went on"


def test_other_names_for_this_machine_are_refused(population: None, database_url: str) -> None:
    application = console.app(database_url, hosts={"127.0.0.1", "localhost"})
    client = TestClient(application, base_url="http://127.0.0.1:1234")
    assert client.get("/").status_code == 200
    for host in ("evil.example", "127.0.0.1.evil.example", "[", ""):
        assert client.get("/", headers={"host": host}).status_code == 421, host


def test_a_token_is_asked_for(population: None, database_url: str) -> None:
    with pytest.raises(DBOSInitializationError, match="16"):
        console.app(database_url, token="short")
    client = TestClient(console.app(database_url, token=TOKEN))
    assert client.get("/api/overview").status_code == 401
    assert client.get("/api/overview", headers={"authorization": "Bearer x"}).status_code == 401
    right = {"authorization": f"Bearer {TOKEN}"}
    assert client.get("/api/overview", headers=right).status_code == 200
    assert client.get("/", follow_redirects=False).headers["location"] == "/login"
    assert client.post("/login", data={"token": "wrong"}).status_code == 403
    assert client.get("/workflows", follow_redirects=False).status_code == 303
    answer = client.post("/login", data={"token": TOKEN}, follow_redirects=False)
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert TOKEN not in answer.headers["set-cookie"]
    assert client.get("/workflows", follow_redirects=False).status_code == 200


def test_it_mounts_below_a_path_of_another_application(population: None, database_url: str) -> None:
    outer = Starlette(routes=[Mount("/ops", app=console.app(database_url))])
    client = TestClient(outer)
    page = client.get("/ops/workflows").text
    links = re.findall(r'(?:href|action)="([^"]*)"', page)
    assert len(links) > 10
    assert all(link.startswith("/ops/") for link in links), links
    for link in links:
        assert client.get(link.replace("&amp;", "&")).status_code == 200, link


def test_a_database_that_comes_later_is_opened_then_and_never_created(tmp_path: Path) -> None:
    file = tmp_path / "later.sqlite"
    client = TestClient(console.app(f"sqlite:///{file}"))
    for _ in range(2):
        answer = client.get("/")
        assert answer.status_code == 503
        assert "no system database" in answer.text
    assert not file.exists()
    assert cli.run(["migrate", "-s", f"sqlite:///{file}"]) == 0
    assert client.get("/").status_code == 200


def test_stranded_work_is_on_the_first_page_with_what_to_run(
    unlaunched: DBOSConfig, tables: SystemTables, database_url: str
) -> None:
    DBOS(config={**unlaunched, "application_version": "old"})
    DBOS.launch()

    @DBOS.workflow(name="waits")
    def waits() -> None:
        DBOS.recv("never", 3600)

    with SetWorkflowID("waiting"):
        DBOS.start_workflow(waits)
    DBOS.destroy()
    DBOS(config={**unlaunched, "application_version": "new"})
    DBOS.launch()
    page = TestClient(console.app(database_url)).get("/").text
    assert "1 workflow is stranded" in page
    assert "waits" in page
    assert "dbos-build stranded --db" in page


def test_a_password_is_on_no_page_and_no_database_is_one_page(tmp_path: Path) -> None:
    url = "postgresql://someone:very-secret@127.0.0.1:1/none"
    client = TestClient(console.app(url))
    for path in ("/", "/api/overview", "/workflow?id=x"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "very-secret" not in answer.text


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with 100,000 workflows."""
    file = tmp_path_factory.mktemp("crowd") / "crowd.sqlite"
    assert cli.run(["migrate", "-s", f"sqlite:///{file}"]) == 0
    rows = (
        (f"w-{n:06}", "SUCCESS" if n % 10 else "ERROR", f"name-{n % 7}", "{}", 1_000_000 + n // 3)
        for n in range(100_000)
    )
    with sqlite3.connect(file) as connection:
        connection.executemany(
            "INSERT INTO workflow_status (workflow_uuid, status, name, inputs, created_at)"
            " VALUES (?, ?, ?, ?, ?)",
            rows,
        )
        connection.execute(
            "INSERT INTO workflow_status (workflow_uuid, status, name, created_at, attributes)"
            " VALUES ('damaged', 'WHAT', 'n', 0, '{')"
        )
    connection.close()
    return f"sqlite:///{file}"


def test_a_page_of_many_reads_few(crowd: str) -> None:
    """The plans, not the clock: every page is read along an index, without sorting all rows."""
    system = existing.open_existing(crowd)
    try:
        client = TestClient(console.app(crowd))
        page = client.get("/api/workflows", params={"name": "name-3", "status": "ERROR"}).json()
        assert len(page["workflows"]) == 50
        assert client.get("/api/overview").json()["statuses"] == {"SUCCESS": 45000, "ERROR": 5000}
        steps: list[int] = []

        def one_more() -> int:
            steps.append(1)
            return 0

        with system.database.reader() as session:
            session.connection.set_progress_handler(one_more, 1000)
            inspection.read_page(inspection.Choice(), (1_020_000, "w-060000"), 51).body(session)
            session.connection.set_progress_handler(None, 0)
        assert len(steps) < 20, "thousands of instructions of SQLite's machine"
    finally:
        system.close()


def test_a_damaged_row_hides_no_other_and_is_one_sentence(crowd: str) -> None:
    with TestClient(console.app(crowd)) as client:
        listed = client.get("/workflows", params={"to": "1970-01-01T00:00:00"})
        assert "damaged" in listed.text
        for path in ("/workflow", "/api/workflow"):
            answer = client.get(path, params={"id": "damaged"})
            assert answer.status_code == 500
            assert "is damaged" in answer.text


# ------------------------------------------------------------------------------ the command


def run_console(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    """`dbos console` as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "dbos", "console", "--no-browser", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )


def test_the_command_serves_until_it_is_stopped(crowd: str) -> None:
    process = run_console("-s", crowd)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = line.split()[4].rstrip(";")
        with urllib.request.urlopen(f"{address}api/workflows?limit=2", timeout=20) as answer:
            found = json.load(answer)
        assert [one["workflow_id"] for one in found["workflows"]] == ["w-099999", "w-099998"]
        strange = urllib.request.Request(address, headers={"Host": "evil.example"})
        with pytest.raises(urllib.error.HTTPError, match="421") as refused:
            urllib.request.urlopen(strange, timeout=20)
        refused.value.close()
    finally:
        process.send_signal(2)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in errors


def test_the_command_refuses_what_cannot_work(
    crowd: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.lock").write_text("{}")
    missing = tmp_path / "none.sqlite"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for arguments, told in (
            (["-s", f"sqlite:///{missing}"], "no system database"),
            (["-s", crowd, "--port", port], "in use"),
            (["-s", crowd, "--host", "0.0.0.0"], "DBOS_CONSOLE_TOKEN"),
            (["-s", crowd, "--host", "0.0.0.0", "--token", "short"], "16"),
            (["-s", crowd, "--lock", str(tmp_path / "bad.lock")], "no lock file"),
            (["-s", crowd, "--lock", str(tmp_path / "none.lock")], "cannot be read"),
            (["-s", crowd, "--port", "70000"], "70000"),
        ):
            assert cli.run(["console", "--no-browser", *arguments]) == 2, arguments
            assert told in capsys.readouterr().err
    assert not missing.exists()


def test_without_the_extra_the_command_says_what_to_install(
    crowd: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert cli.run(["console", "-s", crowd]) == 2
    assert "pip install 'dbos-build[console]'" in capsys.readouterr().err
