"""python-lsp-server with our plugin: a real server process, spoken to as an editor does."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dbos_build.cli import run
from dbos_lint import hovers, pylsp_plugin
from support.language_client import LanguageClient

OTHERS = [
    "autopep8",
    "flake8",
    "jedi_completion",
    "jedi_definition",
    "jedi_hover",
    "jedi_references",
    "jedi_signature_help",
    "jedi_symbols",
    "jedi_type_definition",
    "mccabe",
    "preload",
    "pycodestyle",
    "pydocstyle",
    "pyflakes",
    "pylint",
    "rope_completion",
    "ruff",
    "yapf",
]
HELPER = "import time\n\n\ndef now() -> float:\n    return time.time()\n"
WORKFLOW = """\
from dbos import DBOS
from helper import now


@DBOS.workflow()
def begin() -> float:
    return now()
"""


@dataclass
class Editor:
    """An editor with one project open: writes files, opens and changes buffers."""

    client: LanguageClient
    folder: Path
    versions: dict[str, int] = field(default_factory=dict)

    def uri(self, name: str) -> str:
        """The address of a file."""
        return (self.folder / name).as_uri()

    def show(self, name: str, text: str) -> list[dict[str, Any]]:
        """Open a buffer or change its whole text; what is found in it."""
        uri = self.uri(name)
        version = self.versions.get(name, 0) + 1
        self.versions[name] = version
        if version == 1:
            document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
            self.client.tell("textDocument/didOpen", textDocument=document)
        else:
            identifier = {"uri": uri, "version": version}
            changes = [{"text": text}]
            self.client.tell(
                "textDocument/didChange", textDocument=identifier, contentChanges=changes
            )
        found = self.client.diagnostics(uri, version)
        return [each for each in found if each["source"] == "dbos-build"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """One server for all tests of this file; each works on files of its own."""
    folder = tmp_path_factory.mktemp("pylsp").resolve()
    with LanguageClient([sys.executable, "-m", "pylsp"], folder) as client:
        plugins = {name: {"enabled": False} for name in OTHERS}
        client.ask(
            "initialize",
            processId=None,
            rootUri=folder.as_uri(),
            capabilities={},
            initializationOptions={"pylsp": {"plugins": plugins}},
        )
        client.tell("initialized")
        yield Editor(client, folder)


@pytest.fixture
def editor(server: Editor, request: pytest.FixtureRequest) -> Editor:
    """The editor in a project that no other test uses."""
    folder = server.folder / request.node.name
    (folder).mkdir()
    files = {"pyproject.toml": "[tool.dbos-build]\n", "helper.py": HELPER, "flows.py": WORKFLOW}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Editor(server.client, folder)


def test_findings_are_those_of_check(
    editor: Editor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(editor.folder)
    run(["check", "--output-format=json"])
    (expected,) = json.loads(capsys.readouterr().out)
    (found,) = editor.show("helper.py", HELPER)
    assert (found["code"], found["message"]) == (expected["code"], expected["message"])
    assert found["severity"] == 1
    assert found["range"]["start"] == {"line": 4, "character": 11}
    related = found["relatedInformation"]
    assert [each["location"]["uri"] for each in related] == [
        editor.uri(link["path"]) for link in expected["chain"]
    ]
    assert [each["message"] for each in related] == [
        f"{link['function']}: {link['what']}" for link in expected["chain"]
    ]


def test_an_unsaved_buffer_counts_in_place_of_its_file(editor: Editor) -> None:
    text = WORKFLOW.replace("return now()", "return now() + __import__('random').random()")
    assert editor.show("flows.py", WORKFLOW) == []
    assert [each["code"] for each in editor.show("flows.py", text)] != []
    assert len(editor.show("helper.py", HELPER)) == 1
    assert editor.show("flows.py", "from helper import now\n\nnow()\n") == []
    assert editor.show("helper.py", HELPER) == []


def test_a_buffer_that_does_not_parse_keeps_what_is_known(editor: Editor) -> None:
    assert len(editor.show("helper.py", HELPER)) == 1
    found = editor.show("helper.py", HELPER + "def (\n")
    assert sorted(each["code"] for each in found) == ["DBS001", "DBS990"]
    assert len(editor.show("helper.py", HELPER)) == 1


def test_columns_are_counted_as_the_protocol_does(editor: Editor) -> None:
    text = HELPER.replace("return time", "return ('🙂', time")[:-1] + ")[1]\n"
    (found,) = editor.show("helper.py", text)
    assert found["range"]["start"]["character"] == len("    return ('🙂', ") + 1


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_fix_is_offered_and_makes_the_finding_go_away(editor: Editor, end: str) -> None:
    text = (
        "import time\n\nfrom dbos import DBOS\n\n\n@DBOS.workflow()\n"
        "def nap() -> None:\n    time.sleep(5)\n"
    ).replace("\n", end)
    (found,) = editor.show("nap.py", text)
    offers = editor.client.ask(
        "textDocument/codeAction",
        textDocument={"uri": editor.uri("nap.py")},
        range=found["range"],
        context={"diagnostics": [found]},
    )
    fixes = [each for each in offers if each.get("diagnostics")]
    assert fixes[0]["isPreferred"]
    assert "silence" in fixes[-1]["title"]
    ((change,),) = fixes[0]["edit"]["changes"].values()
    lines = text.splitlines(keepends=True)
    first, last = change["range"]["start"]["line"], change["range"]["end"]["line"]
    changed = "".join([*lines[:first], change["newText"], *lines[last:]])
    assert "DBOS.sleep(5)" in changed
    assert changed.count("\r\n") == (changed.count("\n") if end == "\r\n" else 0)
    assert editor.show("nap.py", changed) == []


def test_hover_tells_the_version_of_a_workflow_and_nothing_of_other_names(editor: Editor) -> None:
    editor.show("flows.py", WORKFLOW)
    document = {"uri": editor.uri("flows.py")}
    hover = editor.client.ask(
        "textDocument/hover", textDocument=document, position={"line": 5, "character": 5}
    )
    assert "**workflow** `begin`" in hover["contents"]["value"]
    nothing = editor.client.ask(
        "textDocument/hover", textDocument=document, position={"line": 90, "character": 5}
    )
    assert nothing["contents"] == ""


def test_a_changed_configuration_counts_from_the_next_look(editor: Editor) -> None:
    assert len(editor.show("helper.py", HELPER)) == 1
    configuration = '[tool.dbos-build]\nignore = ["wall-clock"]\n'
    (editor.folder / "pyproject.toml").write_text(configuration, encoding="utf-8")
    assert editor.show("helper.py", HELPER) == []


def test_a_configuration_that_is_wrong_is_a_message_and_the_findings_stay(editor: Editor) -> None:
    assert len(editor.show("helper.py", HELPER)) == 1
    (editor.folder / "pyproject.toml").write_text("[tool.dbos-build]\nignroe = 1\n", "utf-8")
    assert len(editor.show("helper.py", HELPER)) == 1
    shown = editor.client.notification("window/showMessage")
    assert "unknown key 'ignroe'" in shown["message"]


def test_an_unsaved_file_outside_of_every_project_is_checked_alone(
    server: Editor, tmp_path: Path
) -> None:
    alone = Editor(server.client, tmp_path)
    text = WORKFLOW.replace("from helper import now", "from time import time as now")
    assert [each["code"] for each in alone.show("new.py", text)] == ["DBS001"]


@dataclass
class Typed:
    """A document of the server in which somebody types whenever it is read."""

    uri: str
    texts: list[str]

    @property
    def source(self) -> str:
        """The text; one letter more each time."""
        self.texts.append(self.texts[-1] + "#")
        return self.texts[-2]


@dataclass
class Opened:
    """What the server says of its workspace."""

    root_path: str
    documents: dict[str, Typed]

    def show_message(self, message: str, kind: int) -> None:
        """Nothing is to be complained about here."""
        raise AssertionError(message, kind)


def test_what_is_answered_speaks_of_the_text_that_was_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server asks from several threads: the next check makes its edits in the same program."""
    (tmp_path / "pyproject.toml").write_text("[tool.dbos-build]\n", encoding="utf-8")
    text = WORKFLOW.replace("from helper import now", "import time").replace("now()", "time.time()")
    (tmp_path / "flow.py").write_text(text, encoding="utf-8")
    document = Typed((tmp_path / "flow.py").as_uri(), [f"{text}#"])
    workspace = Opened(str(tmp_path), {})
    lines = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
    silence = pylsp_plugin.pylsp_code_actions(workspace, document, lines)[-1]
    (edit,) = silence["edit"]["changes"][document.uri]
    assert edit["range"]["start"]["line"] == edit["range"]["end"]["line"] - 1 == 6
    assert "time.time()  # dbos: ignore[DBS001]" in edit["newText"]
    held: list[bool] = []

    def told(*_: object) -> str:
        held.append(pylsp_plugin._folder(workspace).lock.locked())
        return "said"

    monkeypatch.setattr(hovers, "at", told)
    assert pylsp_plugin.pylsp_hover(workspace, document, {"line": 5, "character": 6}) is not None
    assert held == [True]
