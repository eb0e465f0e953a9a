"""What the verbs of `dbos workflow` and `dbos schedule` claim is true, and scripts can read it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from dbos import DBOS, Queue, SetEnqueueOptions, SetWorkflowID, cli
from support.behaviour import eventually

pytestmark = pytest.mark.usefixtures("launched")

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], database_url: str
) -> Command:
    """Run `dbos …` against the test's database: exit code, standard output, standard error."""
    monkeypatch.setenv("DBOS_SYSTEM_DATABASE_URL", database_url)

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.run(list(arguments))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def population() -> None:
    """One workflow that has ended well, one that failed, three that wait for another version."""

    @DBOS.workflow(name="good")
    def good(value: int) -> int:
        return value

    @DBOS.workflow(name="bad")
    def bad() -> None:
        raise ValueError("broken on purpose")

    with SetWorkflowID("good-1"):
        good(1)
    with SetWorkflowID("bad-1"), pytest.raises(ValueError, match="broken"):
        bad()
    queue = Queue("still")
    for number in (1, 2, 3):
        with SetWorkflowID(f"waits-{number}"), SetEnqueueOptions(app_version="elsewhere"):
            queue.enqueue(good, number)


def ids(output: str) -> list[str]:
    """The ids of a listing in JSON, in its order."""
    return [row["workflow_id"] for row in json.loads(output)]


def test_what_has_ended_is_neither_called_cancelled_nor_resumed(command: Command) -> None:
    population()
    code, output, _ = command("workflow", "cancel", "good-1", "waits-1")
    assert (code, output.splitlines()) == (
        0,
        ["good-1 has ended already (SUCCESS): not cancelled", "cancelled waits-1"],
    )
    code, output, _ = command("workflow", "resume", "bad-1", "waits-1")
    lines = output.splitlines()
    assert code == 0
    assert lines[0].startswith("bad-1 has ended already (ERROR): not resumed")
    assert lines[1] == "resumed waits-1"


def test_nothing_is_done_when_one_of_several_does_not_exist(command: Command) -> None:
    population()
    for verb in (("cancel",), ("resume",), ("delete", "--yes")):
        code, output, complaint = command("workflow", *verb, "waits-1", "nobody")
        assert (code, output) == (1, ""), verb
        assert "'nobody'" in complaint
    assert DBOS.get_workflow_status("waits-1").status == "ENQUEUED"  # type: ignore[union-attr]


def test_steering_answers_scripts_with_what_is_now(command: Command) -> None:
    population()
    code, output, _ = command("workflow", "cancel", "waits-2", "waits-3", "--json")
    assert code == 0
    assert [(one["workflow_id"], one["status"]) for one in json.loads(output)] == [
        ("waits-2", "CANCELLED"),
        ("waits-3", "CANCELLED"),
    ]
    forked = json.loads(command("workflow", "fork", "good-1", "-f", "copy-1", "--json")[1])
    assert (forked["workflow_id"], forked["forked_from"]) == ("copy-1", "good-1")
    assert DBOS.retrieve_workflow("copy-1").get_result() == 1
    restarted = json.loads(command("workflow", "restart", "good-1", "--json")[1])
    assert restarted["forked_from"] == "good-1"
    assert DBOS.retrieve_workflow(restarted["workflow_id"]).get_result() == 1


def test_an_id_that_is_taken_is_not_forked_to(command: Command) -> None:
    population()
    code, output, complaint = command("workflow", "fork", "good-1", "-f", "bad-1")
    assert (code, output) == (2, "")
    assert "'bad-1' already" in complaint


def test_deleting_asks_and_a_no_keeps_the_workflow(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    population()
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert command("workflow", "delete", "good-1")[0] == 2
    assert DBOS.get_workflow_status("good-1") is not None
    assert command("workflow", "delete", "good-1", "-y")[:2] == (0, "deleted good-1\n")
    assert DBOS.get_workflow_status("good-1") is None


def test_listings_take_several_states_in_any_case_and_say_when_there_is_more(
    command: Command,
) -> None:
    population()
    code, output, _ = command(
        *("workflow", "list", "-S", "error", "-S", "ENQUEUED", "--sort-asc", "--json")
    )
    assert (code, ids(output)) == (0, ["bad-1", "waits-1", "waits-2", "waits-3"])
    code, output, hint = command("workflow", "list", "--limit", "2")
    assert (code, len(output.splitlines())) == (0, 3)
    assert "--limit" in hint
    assert command("workflow", "list", "--limit", "2", "--json")[2] == ""
    assert command("workflow", "list", "--limit", "5")[2] == ""


def test_what_waits_on_queues_is_filtered_like_all_workflows(command: Command) -> None:
    population()
    DBOS.cancel_workflow("waits-2")
    listing = ("workflow", "queue", "list", "--json")
    assert ids(command(*listing)[1]) == ["waits-1", "waits-3"]
    assert ids(command(*listing, "-d", "-o", "1")[1]) == ["waits-1"]
    assert ids(command(*listing, "--queue-name", "still", "-n", "good", "-a", "behaviour")[1]) == [
        "waits-1",
        "waits-3",
    ]
    for none in (("-q", "other"), ("-a", "other"), ("-S", "PENDING"), ("-e", "2020-01-01")):
        assert ids(command(*listing, *none)[1]) == [], none


@pytest.mark.parametrize(
    "wrong",
    [
        ("workflow", "list", "-S", "NOPE"),
        ("workflow", "list", "--limit", "-1"),
        ("workflow", "list", "--offset", "x"),
        ("workflow", "list", "--start-time", "yesterday"),
        ("workflow", "fork", "good-1", "--step", "-1"),
        ("migrate", "--print-migrations", "0"),
        ("migrate", "--print-user-role"),
    ],
)
def test_wrong_usage_exits_with_two_and_no_traceback(
    command: Command, wrong: tuple[str, ...]
) -> None:
    code, output, complaint = command(*wrong)
    assert (code, output) == (2, "")
    assert "Traceback" not in complaint
    assert complaint.strip()


def test_the_application_database_of_older_scripts_is_accepted(command: Command) -> None:
    assert command("workflow", "list", "-D", "postgresql://elsewhere/app")[0] == 0


def test_a_stored_schedule_is_paused_resumed_and_triggered(command: Command) -> None:
    ran: list[Any] = []

    @DBOS.workflow(name="report")
    def report(at: Any, context: Any) -> None:
        ran.append(context)

    DBOS.create_schedule(
        schedule_name="yearly", workflow_fn=report, schedule="0 0 1 1 *", context="all"
    )
    assert command("schedule", "pause", "yearly")[0] == 0
    assert json.loads(command("schedule", "list", "--json")[1])[0]["status"] == "PAUSED"
    assert command("schedule", "resume", "yearly")[0] == 0
    assert json.loads(command("schedule", "list", "--json")[1])[0]["status"] == "ACTIVE"
    code, output, _ = command("schedule", "trigger", "yearly")
    assert code == 0
    DBOS.retrieve_workflow(output.strip()).get_result()
    eventually(lambda: ran == ["all"], "the triggered workflow ran once")
    for verb in ("pause", "resume", "trigger"):
        code, output, complaint = command("schedule", verb, "nobody")
        assert (code, output) == (1, "")
        assert "'nobody'" in complaint


def test_the_release_is_told(command: Command) -> None:
    code, output, _ = command("version")
    assert (code, output) == command("--version")[:2]
    assert output.strip()[0].isdigit()
