"""The extension for VS Code agrees with the server on commands and settings.

What it does in a real workbench is for `npm run e2e` to say, which needs more than pip installs.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dbos_build.settings.keys import KEYS
from dbos_lint.editor_settings import FOR_THE_EDITOR, SECTION
from dbos_lint.server.drawing import GRAPH, OPEN_GRAPH

EXTENSION = Path(__file__).resolve().parents[2] / "lint" / "editors" / "vscode"


def manifest() -> dict[str, Any]:
    """The description of the extension."""
    read: dict[str, Any] = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
    return read


def test_every_setting_is_one_that_the_server_knows() -> None:
    properties = manifest()["contributes"]["configuration"]["properties"]
    keys = {name.removeprefix(f"{SECTION}.").partition(".")[0] for name in properties}
    assert keys - FOR_THE_EDITOR <= KEYS.keys()
    for name, said in properties.items():
        is_ours = name.removeprefix(f"{SECTION}.") in KEYS
        assert (said["default"] is None) == is_ours, f"{name}: without a value the files decide"


def test_the_graph_is_asked_for_by_the_names_that_the_server_has() -> None:
    source = (EXTENSION / "src" / "extension.js").read_text(encoding="utf-8")
    assert f'"{OPEN_GRAPH}"' in source
    assert f'"{GRAPH}"' in source
    declared = {each["command"] for each in manifest()["contributes"]["commands"]}
    assert not declared & {OPEN_GRAPH, GRAPH}, "the client registers these itself"


def test_the_lock_names_no_host_and_pictures_are_small() -> None:
    assert '"resolved"' not in (EXTENSION / "package-lock.json").read_text(encoding="utf-8")
    pictures = sorted((EXTENSION / "images").glob("*.png"))
    assert [each.stem for each in pictures] == ["finding", "graph"]
    assert all(each.stat().st_size <= 200_000 for each in pictures)
