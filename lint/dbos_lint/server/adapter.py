"""What the protocol asks, answered from the service.

In: requests and notifications of an editor. Out: diagnostics, pulled by editors that can and pushed
to the others, code actions and hovers. Never does: both push and pull; analysis.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from dbos_build import __version__
from dbos_build.findings import Finding
from dbos_lint import actions, hovers, positions
from dbos_lint.documents import Document, path_of
from dbos_lint.positions import Encoding, Replacement
from dbos_lint.project import Result
from dbos_lint.server import wire
from dbos_lint.server.service import Service
from dbos_lint.server.wire import Translator
from dbos_lint.workspace import CONFIGURATION, SUFFIX, Round

FIX_ALL = "source.fixAll.dbosBuild"


class Server(LanguageServer):
    """The language server of dbos-build."""

    def __init__(self) -> None:
        super().__init__("dbos-build", __version__, max_workers=2)
        self.service: Service | None = None
        self.pulls = False
        self.refreshes = False
        self.resolves = False
        self.folders: list[Path] = []
        self._published: dict[str, str] = {}
        self._complaints: set[str] = set()
        self._seen: dict[str, tuple[Finding, ...]] = {}

    @property
    def running(self) -> Service:
        """The service; it is made when the first thing is asked of it, on the loop."""
        if self.service is None:
            self.service = Service(self._checked, self._complain)
        return self.service

    def begin(self, given: types.InitializeParams) -> None:
        """Take over what the editor can do, and which folders it has open."""
        offered = given.capabilities
        documents, workspace = offered.text_document, offered.workspace
        self.pulls = bool(documents and documents.diagnostic)
        self.refreshes = bool(
            workspace and workspace.diagnostics and workspace.diagnostics.refresh_support
        )
        resolving = documents and documents.code_action and documents.code_action.resolve_support
        self.resolves = bool(resolving and "edit" in resolving.properties)
        folders = [each.uri for each in given.workspace_folders or ()]
        root = given.root_uri or (Path(given.root_path).as_uri() if given.root_path else None)
        self.folders = [path_of(uri) for uri in folders or ([root] if root else [])]

    def ready(self) -> None:
        """The handshake is over: check the workspace."""
        encoding = self.protocol.server_capabilities.position_encoding
        self.running.documents.encoding = Encoding(encoding or Encoding.UTF_16)
        self.running.folders([each for each in self.folders if each.is_dir()])

    def translator(self, result: Result) -> Translator:
        """The translator for a result, with addresses as the editor writes them."""
        documents = self.running.documents
        uris = {each.path: each.uri for each in documents.every()}
        return Translator(result, documents.encoding, uris)

    async def found(self, uri: str) -> tuple[Result, str] | None:
        """The newest result for a file, and its path in there."""
        done = await self.running.settled()
        if done is None:
            return None
        return done.of(path_of(uri)) or _closed(done, path_of(uri))

    def _complain(self, message: str) -> None:
        """Say something once, until something else is said."""
        self.window_log_message(types.LogMessageParams(types.MessageType.Warning, message))
        if message not in self._complaints:
            self._complaints = {message}
            self.window_show_message(
                types.ShowMessageParams(types.MessageType.Warning, f"dbos-build: {message}")
            )

    def _checked(self, done: Round, documents: tuple[Document, ...]) -> None:
        """Show a round: push it, or tell an editor that pulls where there is something new."""
        if not done.messages:
            self._complaints.clear()
        if not self.pulls:
            self._publish(done, documents)
        elif self.refreshes:
            self._refresh(done, documents)

    def _publish(self, done: Round, documents: tuple[Document, ...]) -> None:
        """Send what is new: files whose findings changed, and the emptied ones."""
        versions = {each.uri: each.version for each in documents}
        fresh: dict[str, list[types.Diagnostic]] = {}
        for result in done.results.values():
            translator = self.translator(result)
            for path in result.findings:
                fresh[translator.uri(path)] = translator.diagnostics(path)
        for uri in self._published.keys() - fresh.keys():
            fresh[uri] = []
        for uri, diagnostics in fresh.items():
            told = f"{versions.get(uri)} {diagnostics!r}"
            if self._published.get(uri, "" if diagnostics else told) == told:
                self._published.setdefault(uri, told)
                continue
            self._published[uri] = told
            self.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(uri, diagnostics, versions.get(uri))
            )

    def _refresh(self, done: Round, documents: tuple[Document, ...]) -> None:
        """Ask for another pull when findings moved in a file that nobody typed in."""
        now = {
            each.uri: found[0].findings.get(found[1], ())
            for each in documents
            if (found := done.of(each.path)) is not None
        }
        changed = {uri for uri in now if self._seen.get(uri, now[uri]) != now[uri]}
        is_known = bool(self._seen)
        self._seen = now
        if changed and is_known:
            self.workspace_diagnostic_refresh(None)


def _closed(done: Round, path: Path) -> tuple[Result, str] | None:
    """The result that holds a file that is not open."""
    for result in done.results.values():
        if path.is_relative_to(result.root):
            relative = path.relative_to(result.root).as_posix()
            if relative in result.findings:
                return result, relative
    return None


def attach(server: Server) -> Server:
    """Register everything that the server answers."""
    _attach_lifetime(server)
    _attach_buffers(server)
    _attach_diagnostics(server)
    _attach_actions(server)
    _attach_hovers(server)
    return server


def _attach_lifetime(server: Server) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(given: types.InitializeParams) -> None:
        server.begin(given)

    @server.feature(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:
        server.ready()
        await _watch(server)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def folders(given: types.DidChangeWorkspaceFoldersParams) -> None:
        gone = {path_of(each.uri) for each in given.event.removed}
        added = [path_of(each.uri) for each in given.event.added]
        server.folders = [each for each in server.folders if each not in gone] + added
        server.ready()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def watched(given: types.DidChangeWatchedFilesParams) -> None:
        _changed_on_disk(server, [path_of(each.uri) for each in given.changes])

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def configured(_: types.DidChangeConfigurationParams) -> None:
        server.running.reload()


async def _watch(server: Server) -> None:
    """Ask to be told when files change on disk, if the editor can do that."""
    workspace = server.client_capabilities.workspace
    watching = workspace and workspace.did_change_watched_files
    if not watching or not watching.dynamic_registration:
        return
    patterns = [f"**/*{SUFFIX}", *(f"**/{name}" for name in CONFIGURATION)]
    options = types.DidChangeWatchedFilesRegistrationOptions(
        [types.FileSystemWatcher(pattern) for pattern in patterns]
    )
    wanted = types.Registration("files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
    await server.client_register_capability_async(types.RegistrationParams([wanted]))


def _changed_on_disk(server: Server, paths: Sequence[Path]) -> None:
    if any(each.name in CONFIGURATION for each in paths):
        server.running.reload()
    else:
        server.running.look_again()


def _attach_buffers(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def opened(given: types.DidOpenTextDocumentParams) -> None:
        document = given.text_document
        server.running.documents.open(document.uri, document.text, document.version)
        server.running.changed()

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def edited(given: types.DidChangeTextDocumentParams) -> None:
        changes = [_change(each) for each in given.content_changes]
        document = given.text_document
        server.running.documents.edit(document.uri, changes, document.version)
        server.running.changed()

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def saved(given: types.DidSaveTextDocumentParams) -> None:
        _changed_on_disk(server, [path_of(given.text_document.uri)])

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(given: types.DidCloseTextDocumentParams) -> None:
        server.running.documents.close(given.text_document.uri)
        server.running.look_again()


def _change(given: types.TextDocumentContentChangeEvent) -> Replacement | str:
    """An edit as the editor describes it."""
    if isinstance(given, types.TextDocumentContentChangePartial):
        start, end = wire.position(given.range.start), wire.position(given.range.end)
        return Replacement(start, end, given.text)
    return given.text


def _attach_diagnostics(server: Server) -> None:
    options = types.DiagnosticOptions(
        inter_file_dependencies=True, workspace_diagnostics=True, identifier=wire.SOURCE
    )

    @server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)
    async def diagnostic(
        given: types.DocumentDiagnosticParams,
    ) -> types.DocumentDiagnosticReport:
        found = await server.found(given.text_document.uri)
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


def _attach_actions(server: Server) -> None:
    options = types.CodeActionOptions(
        code_action_kinds=[types.CodeActionKind.QuickFix, FIX_ALL], resolve_provider=True
    )

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    async def code_action(given: types.CodeActionParams) -> list[types.CodeAction]:
        uri = given.text_document.uri
        found = await server.found(uri)
        document = server.running.documents.get(uri)
        if found is None or document is None:
            return []
        made: list[types.CodeAction] = []
        if _is_wanted(types.CodeActionKind.QuickFix, given.context.only):
            made += await _quick_fixes(server, document, found, given.range)
        if _is_wanted(FIX_ALL, given.context.only):
            action = types.CodeAction("Fix all that is safe", FIX_ALL, data={"uri": uri})
            if given.context.only and not server.resolves:
                action = await _fix_all(server, action)
            if server.resolves or action.edit is not None:
                made.append(action)
        return made

    @server.feature(types.CODE_ACTION_RESOLVE)
    async def resolve(given: types.CodeAction) -> types.CodeAction:
        return await _fix_all(server, given)


def _is_wanted(kind: str, only: Sequence[str] | None) -> bool:
    """Whether an editor that asks for some kinds of actions wants this one."""
    return only is None or any(kind == each or kind.startswith(f"{each}.") for each in only)


async def _quick_fixes(
    server: Server, document: Document, found: tuple[Result, str], wanted: types.Range
) -> list[types.CodeAction]:
    """The fixes of the findings in some lines."""
    result, path = found
    translator = server.translator(result)
    here = [
        each for each in result.findings.get(path, ()) if _touches(translator.range(each), wanted)
    ]
    offers = await server.running.ask(lambda: list(actions.offers(result, path, here)))
    made = []
    for offer in offers:
        change = _edit(server, document, offer.text)
        if change is not None:
            made.append(
                types.CodeAction(
                    title=offer.title,
                    kind=types.CodeActionKind.QuickFix,
                    diagnostics=[translator.diagnostic(offer.finding)],
                    is_preferred=offer.is_preferred or None,
                    edit=change,
                )
            )
    return made


async def _fix_all(server: Server, action: types.CodeAction) -> types.CodeAction:
    """The action with its edit, if there is anything that can be fixed."""
    uri = action.data.get("uri") if isinstance(action.data, dict) else None
    document = server.running.documents.get(str(uri))
    found = await server.found(str(uri)) if document else None
    if found is None or document is None:
        return action
    result, path = found
    owner = server.running.round and server.running.round.owners.get(document.path)
    if not owner:
        return action
    project = server.running.workspace.project(owner[0])
    text = await server.running.ask(lambda: actions.everything(project, result, path))
    action.edit = _edit(server, document, text)
    return action


def _edit(server: Server, document: Document, text: str) -> types.WorkspaceEdit | None:
    """The edit that makes this text of a buffer, in the line ends of the buffer."""
    if "\r\n" in document.text:
        text = text.replace("\n", "\r\n")
    if document.text.startswith("\ufeff"):
        text = "\ufeff" + text
    change = positions.difference(document.text, text, server.running.documents.encoding)
    if change is None:
        return None
    return types.WorkspaceEdit(changes={document.uri: [wire.edit(change)]})


def _touches(one: types.Range, other: types.Range) -> bool:
    """Whether two ranges share a line."""
    return one.start.line <= other.end.line and other.start.line <= one.end.line


def _attach_hovers(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(given: types.HoverParams) -> types.Hover | None:
        found = await server.found(given.text_document.uri)
        if found is None:
            return None
        result, path = found
        lines = positions.lines_of(result.texts[path])
        line = given.position.line
        if line >= len(lines) or path in result.broken:
            return None
        encoding = server.running.documents.encoding
        column = positions.to_characters(lines[line], given.position.character, encoding)
        text = await server.running.ask(lambda: hovers.at(result, path, line + 1, column + 1))
        if text is None:
            return None
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text))
