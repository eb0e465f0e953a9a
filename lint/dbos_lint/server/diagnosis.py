"""Diagnostics that an editor pulls: of one file, and of all.

In: requests. Out: what was found, or that nothing has changed since the editor asked before; for
one file of a large project at first what is certain early. Never does: answer from a round that
does not know the newest text.
"""

from __future__ import annotations

import hashlib

from lsprotocol import types

from dbos_lint.server import wire
from dbos_lint.server.adapter import Server


def attach(server: Server) -> None:
    """Register the two requests."""
    options = types.DiagnosticOptions(
        inter_file_dependencies=True, workspace_diagnostics=True, identifier=wire.SOURCE
    )

    @server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)
    async def diagnostic(
        given: types.DocumentDiagnosticParams,
    ) -> types.DocumentDiagnosticReport:
        found = await server.found_first(given.text_document.uri)
        items = [] if found is None else server.translator(found[0]).diagnostics(found[1])
        mark = _mark(items)
        if mark == given.previous_result_id:
            return types.RelatedUnchangedDocumentDiagnosticReport(result_id=mark)
        return types.RelatedFullDocumentDiagnosticReport(items=items, result_id=mark)

    @server.feature(types.WORKSPACE_DIAGNOSTIC)
    async def everywhere(_: types.WorkspaceDiagnosticParams) -> types.WorkspaceDiagnosticReport:
        done = await server.running.settled()
        reports: list[types.WorkspaceDocumentDiagnosticReport] = []
        for result in done.results.values() if done else ():
            translator = server.translator(result)
            for path in result.findings:
                uri, items = translator.uri(path), translator.diagnostics(path)
                document = server.running.documents.get(uri)
                reports.append(
                    types.WorkspaceFullDocumentDiagnosticReport(
                        uri=uri,
                        items=items,
                        version=document.version if document else None,
                        result_id=_mark(items),
                    )
                )
        return types.WorkspaceDiagnosticReport(reports)


def _mark(items: list[types.Diagnostic]) -> str:
    """What stands for a list of diagnostics: equal lists have equal marks."""
    return hashlib.sha256(repr(items).encode("utf-8", "backslashreplace")).hexdigest()[:16]
