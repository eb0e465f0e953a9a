"""Graphs of workflows for editors: as text for those that can show it, else as a file.

In: commands with the address of a file and the name of a workflow. Out: an SVG. Never does: write
anywhere but into a folder of its own, which goes when the server does.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path

from lsprotocol import types

from dbos_build.graph.filenames import filenames
from dbos_lint import pictures
from dbos_lint.server.adapter import Server
from dbos_lint.server.views import newest

OPEN_GRAPH = "dbos-build.openGraph"
"""Shows the graph outside of the editor, or says where it is; editors may do better."""

GRAPH = "dbos-build.graph"
"""Answers with the graph as SVG, or null."""


def attach(server: Server) -> None:
    """Register the commands."""

    @server.command(GRAPH)
    async def graph(uri: str, workflow: str) -> str | None:
        return await newest(
            server, uri, lambda view: view.ask(lambda: pictures.drawn(view.result, workflow)), None
        )

    @server.command(OPEN_GRAPH)
    async def open_graph(uri: str, workflow: str) -> str | None:
        picture = await graph(uri, workflow)
        if picture is None:
            told = f"dbos-build: there is no workflow {workflow!r} to draw any more"
            server.window_show_message(types.ShowMessageParams(types.MessageType.Info, told))
            return None
        folder = Path(tempfile.mkdtemp(prefix="dbos-build-graph-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        file = folder / filenames([workflow], ".svg")[workflow]
        file.write_text(picture, encoding="utf-8")
        await _show(server, file)
        return file.as_uri()


async def _show(server: Server, file: Path) -> None:
    """Show a file outside of the editor; an editor that cannot is told where it is."""
    window = server.client_capabilities.window
    if window is not None and window.show_document and window.show_document.support:
        asked = types.ShowDocumentParams(file.as_uri(), external=True)
        answer = await server.window_show_document_async(asked)
        if answer.success:
            return
    told = types.ShowMessageParams(types.MessageType.Info, f"dbos-build: the graph is {file}")
    server.window_show_message(told)
