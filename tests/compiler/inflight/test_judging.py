"""Judging what is in flight: by versions, proofs, inputs and records; summaries; reports."""

from __future__ import annotations

import json
import re

import pytest

from dbos_build.diff import build as code
from dbos_build.inflight import report
from dbos_build.inflight.affected import affected, sentence
from dbos_build.inflight.judging import BEGINS, FITS, PROVEN, RUNS, STRANDED, Build, judge
from dbos_build.inflight.proving import Difference
from dbos_build.inflight.reading import Operation, Workflow
from dbos_build.inflight.summary import Summary, summarise
from support.analysis import analyse

SOURCE = """\
from dbos import DBOS

@DBOS.step()
def reserve(order): ...

@DBOS.workflow()
def checkout(order):
    reserve(order)
"""
CODE = code.of_program(analyse(SOURCE), "sources")
CURRENT = CODE.workflows["checkout"].version
HASH = "0" * 32
BUILD = Build("sources", f"b1-{HASH}", CODE, {"checkout": {"v1-proven": "forward-safe: longer"}})
SAFE = Difference(safe=True, reason="equivalent: only its log", inputs="")
BREAKING = Difference(safe=False, reason="breaking: another step", inputs="")
MISFIT = Difference(safe=False, reason="order is gone", inputs="order is gone")


def workflow(
    version: str | None = "v1-old",
    *,
    names: tuple[str, ...] = ("reserve",),
    name: str = "checkout",
    application: str | None = f"b1-{'1' * 32}",
    status: str = "PENDING",
    executions: int = 1,
    id: str = "w",
) -> Workflow:
    record = tuple(Operation(number, str(number), each) for number, each in enumerate(names, 1))
    return Workflow(id, name, status, None, application, version, executions, record, ())


def waiting(version: str | None = "v1-old", *, id: str = "w") -> Workflow:
    return workflow(version, names=(), status="ENQUEUED", executions=0, id=id)


def kind_and_reason(each: Workflow, known: Difference | None) -> tuple[str, str]:
    (found,) = judge(each, [BUILD], lambda *_: known)
    return found.kind, found.reason


@pytest.mark.parametrize(
    ("each", "known", "kind", "told"),
    [
        (workflow(CURRENT), None, RUNS, "the same version of the workflow"),
        (workflow(None, application=f"b1-{HASH}"), None, RUNS, "the same version of the appl"),
        (workflow(None, application=None), None, RUNS, "bound to no version"),
        (workflow("v1-proven"), BREAKING, PROVEN, "forward-safe: longer"),
        (workflow(), SAFE, PROVEN, "equivalent: only its log"),
        (workflow(), BREAKING, FITS, r"fits by names \(1 operation\), but breaking: another step"),
        (workflow(), None, FITS, "nothing is known of version v1-old; give its lock"),
        (workflow(None), None, FITS, "begun without a registry"),
        (workflow(), MISFIT, STRANDED, "order is gone"),
        (workflow(names=("ship",)), None, STRANDED, "'ship'; this build would do 'reserve'"),
        (workflow(names=("ship",)), SAFE, PROVEN, "equivalent"),
        (workflow(name="gone"), SAFE, STRANDED, "no workflow of this name"),
        (waiting(), BREAKING, BEGINS, "has not begun, and its inputs fit"),
        (waiting(), None, BEGINS, "nothing is known of the version that enqueued it"),
        (waiting(), MISFIT, STRANDED, "order is gone"),
        (waiting(CURRENT), None, RUNS, "same version"),
        # A queued workflow that ran before and was put back has begun.
        (
            workflow(names=(), status="ENQUEUED", executions=1),
            BREAKING,
            FITS,
            r"\(0 operations\)",
        ),
        (workflow(application="prod"), BREAKING, FITS, "'prod' is set by hand, and a process"),
        (workflow(application="PATCHING_ENABLED"), BREAKING, FITS, "is set by hand"),
    ],
)
def test_one_workflow_and_one_build(
    each: Workflow, known: Difference | None, kind: str, told: str
) -> None:
    found = kind_and_reason(each, known)
    assert found[0] == kind, found
    assert re.search(told, found[1]), found


def test_the_surest_build_comes_first() -> None:
    other = Build("v1.lock", f"b1-{'1' * 32}", CODE, {})
    found = judge(workflow(), [BUILD, other], lambda *_: BREAKING)
    assert [(each.build, each.kind) for each in found] == [("v1.lock", RUNS), ("sources", FITS)]


def summary(*workflows: Workflow, known: Difference | None = BREAKING) -> Summary:
    return summarise(workflows, [BUILD], lambda *_: known)


def test_workflows_alike_are_counted_together_and_judged_once() -> None:
    asked: list[str] = []

    def compare(name: str, version: str, build: Build) -> Difference:
        asked.append(version)
        return BREAKING

    many = [workflow(id=f"w{number}") for number in range(10_000)]
    made = summarise([*many, workflow(CURRENT, id="own")], [BUILD], compare)
    assert [(each.kind, len(each.ids)) for each in made.groups] == [(FITS, 10_000), (RUNS, 1)]
    assert (made.count, made.stranded) == (10_001, 10_000)
    assert asked == ["v1-old"]


def test_the_worst_comes_first_and_only_what_nobody_takes_is_stranded() -> None:
    made = summary(
        workflow(CURRENT, id="own"),
        workflow("v1-proven", id="proven"),
        waiting(id="waits"),
        workflow(id="fits"),
        workflow(name="gone", id="gone"),
    )
    assert [each.kind for each in made.groups] == [STRANDED, FITS, BEGINS, PROVEN, RUNS]
    assert made.stranded == 3


def test_json_has_every_id() -> None:
    many = [workflow(id=f"w{number}") for number in range(50)]
    data = json.loads(report.as_json(summary(*many)))
    assert data["in_flight"] == data["stranded"] == 50
    (group,) = data["groups"]
    assert group["ids"] == [each.id for each in many]
    assert group["verdict"] == "fits"
    assert group["builds"] == [
        {
            "build": "sources",
            "verdict": "fits",
            "reason": "its record fits by names (1 operation), but breaking: another step",
        }
    ]


def test_text_is_bounded_and_says_what_to_do() -> None:
    many = [workflow(f"v1-{number % 30}", id=f"w{number:03}") for number in range(300)]
    text = report.as_text(summary(*many), 5)
    assert len(text.splitlines()) < 20
    assert text.splitlines()[0].startswith("300 workflows stranded: they fit by the names")
    assert "10 of 'checkout' (v1-0): w000, w030, w060, w090, w120, …" in text
    assert "… and 250 workflows in 25 further groups" in text
    assert "300 of 300 workflows in flight are stranded" in text
    assert "`dbos workflow resume ID`" in text


def test_nothing_in_flight_is_one_line() -> None:
    assert report.as_text(summary(), 5) == (
        f"0 of 0 workflows in flight are stranded; judged by sources (version b1-{HASH})\n"
    )
    assert report.as_markdown(summary(), 5) == "### 0 of 0 workflows in flight stranded\n\n"


HOSTILE = "\x1b]0;title\x07|<script>alert(1)</script>`x`\n[a](b)\u202e"


def test_names_and_ids_steer_neither_terminal_nor_page() -> None:
    made = summary(workflow(HOSTILE, name=HOSTILE, id=HOSTILE))
    text = report.as_text(made, 5)
    assert "\x1b" not in text
    assert "\u202e" not in text
    page = report.as_markdown(made, 5)
    assert "<script>" not in page
    (row,) = (line for line in page.splitlines() if line.startswith("| stranded"))
    assert row.replace("\\\\", "").replace("\\|", "").count("|") == 7
    assert json.loads(report.as_json(made))["groups"][0]["ids"] == [HOSTILE]


def test_who_is_affected_by_a_comparison() -> None:
    found = affected(
        [
            *(workflow(CURRENT, id=f"w{number}") for number in range(5)),
            waiting(CURRENT, id="waits"),
            workflow("v1-other", id="other"),
            workflow(name="gone", id="gone"),
        ],
        CODE,
    )
    assert sentence(found["checkout"]) == (
        "under the old version, 5 workflows are in flight: w0, w1, w2 and 2 more; "
        "1 workflow waits on a queue: waits"
    )
    assert sentence(found["gone"]) == sentence(None) == ""
    assert found["checkout"].others == ["other"]
