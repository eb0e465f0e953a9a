"""How long an editor waits for diagnostics, in a small application and in one of 50,000 lines.

Run `python tests/benchmarks/server_speed.py [SERVICES]`, with how many services of some 2,300 lines
the application has (1 and 20 without it). It starts `dbos-build server`, opens a file of 2,000
lines in it, and types: wall-clock time from the change to the answer of a pull, as
the editor sees it; and the time from the start of the process to the first diagnostics.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support import large_application

KEYSTROKES = 20
LINES = 2_000
_CAPABILITIES = types.ClientCapabilities(
    text_document=types.TextDocumentClientCapabilities(
        diagnostic=types.DiagnosticClientCapabilities()
    ),
    workspace=types.WorkspaceClientCapabilities(
        diagnostics=types.DiagnosticWorkspaceClientCapabilities(refresh_support=True)
    ),
)


async def measure(folder: Path, file: Path, keystrokes: int) -> tuple[float, float, list[float]]:
    """Seconds until the first diagnostics of a file, those of all files, and each keystroke's."""
    begun = time.perf_counter()
    client = LanguageClient("benchmark", "1")
    await client.start_io(sys.executable, "-m", "dbos_build", "server")
    await client.initialize_async(
        types.InitializeParams(
            _CAPABILITIES,
            workspace_folders=[types.WorkspaceFolder(folder.as_uri(), folder.name)],
        )
    )
    client.initialized(types.InitializedParams())
    uri, text = file.as_uri(), file.read_text(encoding="utf-8")
    client.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "python", 0, text))
    )
    asked = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri))
    await client.text_document_diagnostic_async(asked)
    first = time.perf_counter() - begun
    await client.workspace_diagnostic_async(types.WorkspaceDiagnosticParams([]))
    everywhere = time.perf_counter() - begun
    line = text.count("\n", 0, text.index("def ", len(text) // 2)) + 1
    waited = []
    for number in range(keystrokes):
        await asyncio.sleep(0.1)
        start = types.Position(line, 0)
        change = types.TextDocumentContentChangePartial(
            types.Range(start, start), f"    typed_{number} = {number}\n"
        )
        now = time.perf_counter()
        client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(number + 1, uri), [change]
            )
        )
        await client.text_document_diagnostic_async(asked)
        waited.append(time.perf_counter() - now)
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()  # type: ignore[no-untyped-call]
    return first, everywhere, waited


def populate(folder: Path, services: int) -> Path:
    """Write the application with one file of 2,000 lines; return that file."""
    texts = large_application.texts(services)
    flows = [path for path, text in texts.items() if "@DBOS.workflow" in text]
    path = max(flows, key=lambda each: len(texts[each]))
    functions = (
        f"\n\ndef helper_{n}(value: int) -> int:\n    total = value\n"
        f"    for each in range({n}):\n        total += each\n    return total\n"
        for n in range(LINES)
    )
    while texts[path].count("\n") < LINES:
        texts[path] += next(functions)
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (folder / "pyproject.toml").write_text("[tool.dbos-build]\n", encoding="utf-8")
    print(f"{sum(text.count(chr(10)) for text in texts.values()):,} lines")
    return folder / path


def main() -> None:
    """Measure and print."""
    for services in [int(each) for each in sys.argv[1:]] or [1, large_application.SERVICES]:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary).resolve()
            file = populate(folder, services)
            first, everywhere, waited = asyncio.run(measure(folder, file, KEYSTROKES))
        print(f"first diagnostics of the file     {first:6.2f} s")
        print(f"first diagnostics of all files    {everywhere:6.2f} s")
        print(f"keystroke to diagnostics, median  {statistics.median(waited) * 1000:6.0f} ms")
        worst = statistics.quantiles(waited, n=20)[-1]
        print(f"keystroke to diagnostics, p95     {worst * 1000:6.0f} ms")


if __name__ == "__main__":
    main()
