"""How long an editor waits while somebody writes a feature, keystroke by keystroke.

Run `python tests/benchmarks/typing_speed.py [SERVICES]`, with how many services of some 2,300 lines
the application has (20 without it). It starts `dbos-build server` and types through the protocol,
character by character and half-typed states included: a step with its decorator and signature, its
call in a workflow, imports, a parameter that callers pass, constants, a class, a field of a
dataclass; then it deletes a function. It prints the wall-clock time from a change to the answer of
a pull, as the editor sees it: over all keystrokes, over those after which the file parses, and by
kind of edit.
"""

from __future__ import annotations

import ast
import asyncio
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import large_application

FLOWS, STEPS, RULES = "service_01/flows.py", "service_01/steps.py", "service_01/rules.py"
MODELS, SETTINGS = "service_01/models.py", "service_01/settings.py"
RESERVED = "    kept = steps.reserve_unit_00(order)\n"
_CAPABILITIES = types.ClientCapabilities(
    text_document=types.TextDocumentClientCapabilities(
        diagnostic=types.DiagnosticClientCapabilities()
    ),
    workspace=types.WorkspaceClientCapabilities(
        diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
    ),
)


@dataclass(frozen=True, slots=True)
class Edit:
    """Text typed behind the first `anchor` in a file, after `removed` was selected there."""

    kind: str
    path: str
    anchor: str
    typed: str = ""
    removed: str = ""


SESSION = (
    Edit(
        "a new step",
        STEPS,
        "import text\n",
        "\n\n@DBOS.step()\ndef remind(customer: str, days: int = 3) -> str:\n"
        "    text = f'{customer}: {days}'\n    return text\n",
    ),
    Edit(
        "a call", FLOWS, "    kept = steps.reserve_unit_00(order)\n", "    steps.remind('x', 2)\n"
    ),
    Edit("an import", FLOWS, "from decimal import Decimal\n", "import json\n"),
    Edit("an import", FLOWS, "from decimal import Decimal\n", "from operator import attrgetter\n"),
    Edit(
        "a function",
        FLOWS,
        "import attempt, chunks\n",
        "\n\ndef shortened(text: str) -> str:\n    return text[:9]\n",
    ),
    Edit("a constant", FLOWS, "import attempt, chunks\n", "PARTS_MAX = 12\n"),
    Edit("a constant", SETTINGS, "LIMIT = 10", "00", "0"),
    Edit("a parameter", RULES, "def check_unit_00(order: Unit00", ", strict: bool = False"),
    Edit("a caller", FLOWS, "problems = rules.check_unit_00(order", ", True"),
    Edit(
        "a class",
        MODELS,
        "import Money, zero\n",
        "\n\nclass Window:\n    first: int = 0\n    last: int = 9\n\n"
        "    def holds(self, value: int) -> bool:\n        return self.first <= value\n",
    ),
    Edit("a field", MODELS, "    order_id: str\n", "    urgency: int = 0\n"),
    Edit("a body", FLOWS, RESERVED, "    total = len(kept)\n"),
    Edit("a deletion", RULES, "\n\n\n", removed="def check_unit_11"),
)
"""What is typed. A deletion is of everything from the text named up to the next function."""


@dataclass(slots=True)
class Waits:
    """Seconds waited by kind of edit: for keystrokes that leave a file that parses, and others."""

    parsed: dict[str, list[float]] = field(default_factory=dict)
    broken: dict[str, list[float]] = field(default_factory=dict)


@dataclass(slots=True)
class Editor:
    """One client of the server, and the texts of the files it has open."""

    client: LanguageClient
    folder: Path
    texts: dict[str, str] = field(default_factory=dict)
    version: int = 0

    async def open(self, path: str) -> None:
        """Open a file and wait for its diagnostics."""
        text = self.texts[path] = (self.folder / path).read_text(encoding="utf-8")
        document = types.TextDocumentItem(self._uri(path), "python", 0, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(document))
        await self._pull(path)

    async def change(self, path: str, place: int, length: int, typed: str) -> float:
        """Put text in place of some characters; seconds until the diagnostics are there."""
        text = self.texts[path]
        self.texts[path] = text[:place] + typed + text[place + length :]
        span = types.Range(_position(text, place), _position(text, place + length))
        self.version += 1
        begun = time.perf_counter()
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self.version, self._uri(path)),
                [types.TextDocumentContentChangePartial(span, typed)],
            )
        )
        await self._pull(path)
        return time.perf_counter() - begun

    async def _pull(self, path: str) -> None:
        asked = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(self._uri(path)))
        await self.client.text_document_diagnostic_async(asked)

    def _uri(self, path: str) -> str:
        return (self.folder / path).as_uri()


def _position(text: str, place: int) -> types.Position:
    line = text.count("\n", 0, place)
    return types.Position(line, place - text.rfind("\n", 0, place) - 1)


async def measure(folder: Path) -> Waits:
    """Type the session in an application; how long each keystroke waited."""
    client = LanguageClient("benchmark", "1")
    client.feature(types.WORKSPACE_DIAGNOSTIC_REFRESH)(lambda *_: None)
    await client.start_io(sys.executable, "-m", "dbos_build", "server")
    await client.initialize_async(
        types.InitializeParams(
            _CAPABILITIES,
            workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name)],
        )
    )
    client.initialized(types.InitializedParams())
    editor = Editor(client, folder)
    for path in dict.fromkeys(each.path for each in SESSION):
        await editor.open(path)
    await client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams([]))
    waits = Waits()
    for edit in SESSION:
        for place, length, typed in list(_keystrokes(edit, editor.texts[edit.path])):
            waited = await editor.change(edit.path, place, length, typed)
            found = waits.parsed if _parses(editor.texts[edit.path]) else waits.broken
            found.setdefault(edit.kind, []).append(waited)
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()  # type: ignore[no-untyped-call]
    return waits


def _keystrokes(edit: Edit, text: str) -> Iterator[tuple[int, int, str]]:
    """Where, how much is replaced there, and with what, one after the other."""
    if not edit.typed:
        place = text.index(edit.removed)
        end = text.find("\n\n\n", place)
        yield place, (end if end > 0 else len(text)) - place, ""
        return
    place = text.index(edit.anchor) + len(edit.anchor)
    for number, typed in enumerate(edit.typed):
        yield place + number, len(edit.removed) if not number else 0, typed


def _parses(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except SyntaxError:
            return False
    return True


def _print(label: str, waited: Iterable[float]) -> None:
    found = sorted(waited)
    if len(found) > 1:
        cuts = statistics.quantiles(found, n=20)
        middle, high = statistics.median(found), cuts[-1]
    else:
        middle = high = found[0]
    row = (len(found), middle * 1000, min(high, found[-1]) * 1000, found[-1] * 1000)
    print(f"{label:28}{row[0]:6}{row[1]:9.0f}{row[2]:9.0f}{row[3]:9.0f}")


def main() -> None:
    """Measure and print."""
    services = int(sys.argv[1]) if len(sys.argv) > 1 else large_application.SERVICES
    texts = large_application.texts(services)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve()
        for name, text in texts.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        (folder / "pyproject.toml").write_text("[tool.dbos-build]\n", encoding="utf-8")
        waits = asyncio.run(measure(folder))
    print(f"{sum(text.count(chr(10)) for text in texts.values()):,} lines; milliseconds")
    print(f"{'':28}{'keys':>6}{'median':>9}{'p95':>9}{'max':>9}")
    every = [waited for found in waits.parsed.values() for waited in found]
    broken = [waited for found in waits.broken.values() for waited in found]
    _print("all keystrokes", every + broken)
    _print("the file parses", every)
    _print("it does not", broken)
    for kind, found in waits.parsed.items():
        _print(f"  {kind}", found)


if __name__ == "__main__":
    main()
