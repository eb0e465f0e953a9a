"""`dbos-build graph` as people call it: names, paths, wrong input, and the example's picture."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from dbos_build.cli import run

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "widget_store"
FLOWS = """\
import random
from dbos import DBOS

@DBOS.step()
def charge(amount):
    return amount

@DBOS.workflow()
def order(amount):
    if random.random() > 0.5:
        return None
    return charge(amount)

@DBOS.workflow(name="refund <now>")
def refund(amount):
    for _ in range(amount):
        charge(-amount)
"""
ALONE = "from dbos import DBOS\n\n@DBOS.workflow()\ndef only():\n    DBOS.sleep(1)\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a file with two workflows, and a folder with one."""
    (tmp_path / "flows.py").write_text(FLOWS)
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone" / "main.py").write_text(ALONE)
    (tmp_path / "none.py").write_text("value = 1\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def hrefs(text: str) -> set[str]:
    """What the nodes of an SVG link to."""
    return {
        each.get("href", "") for each in ElementTree.fromstring(text).iter() if each.get("href")
    }


def test_a_workflow_is_drawn_on_stdout_also_with_findings(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["check", "flows.py"]) == 1
    capsys.readouterr()
    assert run(["graph", "order", "flows.py"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "Workflow order" in out
    assert {"flows.py#L9", "flows.py#L12"} <= hrefs(out)


def test_the_only_workflow_needs_no_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "alone"]) == 0
    assert "Workflow only" in capsys.readouterr().out


def test_a_name_stands_before_the_path_even_when_a_folder_is_called_like_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "order").mkdir()
    (folder / "order" / "main.py").write_text(ALONE)
    assert run(["graph", "order", "flows.py"]) == 0
    assert "Workflow order" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["svg", "mermaid", "dot", "json"])
def test_every_form_can_be_written_to_a_file(
    form: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["graph", "refund <now>", "flows.py", "--output-format", form]
    assert run([*given, "--output", "out.txt"]) == 0
    assert capsys.readouterr().out == ""
    written = (folder / "out.txt").read_text(encoding="utf-8")
    assert run(given) == 0
    assert capsys.readouterr().out == written
    assert "charge" in written


def test_links_lead_from_the_folder_of_the_picture_to_the_source(folder: Path) -> None:
    (folder / "docs" / "pictures").mkdir(parents=True)
    given = ["graph", "order", "flows.py", "-o", "docs/pictures/order.svg"]
    assert run(given) == 0
    picture = (folder / "docs" / "pictures" / "order.svg").read_text(encoding="utf-8")
    assert "../../flows.py#L12" in hrefs(picture)
    assert run([*given, "--link-template", "https://host/main/{path}?a=1&b=2#{line}"]) == 0
    picture = (folder / "docs" / "pictures" / "order.svg").read_text(encoding="utf-8")
    assert "https://host/main/flows.py?a=1&b=2#12" in hrefs(picture)


def test_all_workflows_go_into_a_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "--all", "flows.py", "alone", "--output", "pictures"]) == 0
    assert capsys.readouterr().out == "3 pictures in pictures\n"
    found = sorted(each.name for each in (folder / "pictures").iterdir())
    assert found == ["only.svg", "order.svg", "refund_now_.svg"]
    assert "../alone/main.py#L5" in hrefs((folder / "pictures" / "only.svg").read_text("utf-8"))


def test_json_tells_where_each_node_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", "order", "flows.py", "--output-format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    step = next(n for n, each in enumerate(document["flow"]["nodes"]) if each["kind"] == "step")
    assert document["places"][str(step)] == {"path": "flows.py", "line": 12, "column": 12}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ordr", "flows.py"], "There is no workflow 'ordr'. Did you mean 'order'?"),
        (["zzz", "flows.py"], "There is no workflow 'zzz'. There are: order, refund <now>."),
        (["flows.py"], "There are 2 workflows: order, refund <now>. Name one, or use --all"),
        (["none.py"], "There is no workflow to draw."),
        (["order", "none.py"], "There is no workflow 'order'."),
        (["order", "missing.py"], "missing.py: cannot be read"),
        (["--all", "flows.py"], "name a folder with --output"),
        (["order", "--all", "-o", "x", "flows.py"], "'order' is not needed"),
        (["--all", "-o", "none.py", "flows.py"], "none.py: cannot be made a folder: File exists"),
        (["--all", "-o", "none.py/x", "flows.py"], "none.py/x: cannot be made a folder"),
        (["order", "flows.py", "-o", "alone"], "alone: is in the way"),
        (
            ["order", "flows.py", "-o", "missing/x.svg"],
            "missing: is no folder; nothing was written",
        ),
        (["order", "flows.py", "--link-template", "https://x"], "must contain {path}"),
        (["order", "flows.py", "--output-format", "png"], "'png' is not one of"),
    ],
)
def test_wrong_input_is_answered_by_one_clear_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["graph", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in " ".join(err.split())
    assert "Traceback" not in err


def test_a_file_with_a_syntax_error_beside_it_does_not_matter(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "broken.py").write_text("def (:\n")
    assert run(["graph", "order", "flows.py", "broken.py"]) == 0
    assert "charge" in capsys.readouterr().out


def test_the_picture_of_the_example_is_fresh(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(EXAMPLE)
    assert run(["graph", "checkout"]) == 0
    kept = (EXAMPLE / "checkout.svg").read_text(encoding="utf-8")
    assert capsys.readouterr().out == kept, "run `dbos-build graph checkout -o checkout.svg` there"
    assert re.search(r"!\[[^]]+\]\(checkout\.svg\)", (EXAMPLE / "README.md").read_text("utf-8"))
    assert all((EXAMPLE / href.partition("#")[0]).is_file() for href in hrefs(kept))
