"""The server and its editor: the handshake, settings, open buffers, and what is pushed.

In: notifications of an editor. Out: a service that knows what the editor has open, and, for editors
that do not pull, diagnostics. Never does: both push and pull; analysis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from dbos_build import __version__
from dbos_build.analysis.program import Program
from dbos_build.findings import Finding
from dbos_lint import editor_settings
from dbos_lint.documents import Document, path_of
from dbos_lint.positions import Encoding, Replacement
from dbos_lint.project import Result
from dbos_lint.server import wire
from dbos_lint.server.conversation import Conversation
from dbos_lint.server.service import Service
from dbos_lint.server.wire import Translator
from dbos_lint.workspace import CONFIGURATION, SUFFIX, Key, Round


@dataclass(frozen=True, slots=True)
class Redraws:
    """What the editor can be told to ask for anew."""

    lenses: bool = False
    hints: bool = False

    @classmethod
    def of(cls, workspace: types.WorkspaceClientCapabilities | None) -> Redraws:
        """What the capabilities of an editor say."""
        lenses = workspace.code_lens if workspace else None
        hints = workspace.inlay_hint if workspace else None
        return cls(bool(lenses and lenses.refresh_support), bool(hints and hints.refresh_support))


class Server(LanguageServer):
    """The language server of dbos-build."""

    def __init__(self) -> None:
        super().__init__("dbos-build", __version__, protocol_cls=Conversation, max_workers=2)
        self.service: Service | None = None
        self.pulls = False
        self.refreshes = False
        self.resolves = False
        self.versions = False
        self.redraws = Redraws()
        self.asks_for_settings = False
        self.folders: list[Path] = []
        self._options: object = None
        self._settings: object = None
        self._published: dict[str, str] = {}
        self._complaints: set[str] = set()
        self._seen: dict[str, tuple[Finding, ...]] = {}
        self._programs: Mapping[Key, Program] = {}

    @property
    def running(self) -> Service:
        """The service; it is made when the first thing is asked of it, on the loop."""
        if self.service is None:
            self.service = Service(self._checked, self._complain, self._show)
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
        editing = workspace and workspace.workspace_edit
        self.versions = bool(editing and editing.document_changes)
        self.asks_for_settings = bool(workspace and workspace.configuration)
        self.redraws = Redraws.of(workspace)
        self._options = given.initialization_options
        folders = [each.uri for each in given.workspace_folders or ()]
        root = given.root_uri or (Path(given.root_path).as_uri() if given.root_path else None)
        self.folders = [path_of(uri) for uri in folders or ([root] if root else [])]

    def ready(self) -> None:
        """The handshake is over: check the workspace."""
        encoding = self.protocol.server_capabilities.position_encoding
        self.running.documents.encoding = Encoding(encoding or Encoding.UTF_16)
        self.running.settings(editor_settings.values(self._options, self._settings))
        self.running.folders([each for each in self.folders if each.is_dir()])

    def take_settings(self, given: object) -> None:
        """Take over settings that the editor sent; what is no table changes nothing."""
        if isinstance(given, Mapping):
            self._settings = given
        self.running.settings(editor_settings.values(self._options, self._settings))

    async def ask_for_settings(self) -> None:
        """Ask the editor for its settings, if it can be asked."""
        if not self.asks_for_settings:
            return
        wanted = types.ConfigurationParams(
            [types.ConfigurationItem(section=editor_settings.SECTION)]
        )
        given = await self.workspace_configuration_async(wanted)
        if given:
            self.take_settings(given[0])

    def translator(self, result: Result) -> Translator:
        """The translator for a result, with addresses as the editor writes them."""
        documents = self.running.documents
        uris = {each.path: each.uri for each in documents.every()}
        return Translator(result, documents.encoding, uris)

    async def found(self, uri: str) -> tuple[Result, str] | None:
        """The newest result for a file, and its path in there."""
        return found_in(await self.running.settled(), uri)

    async def found_first(self, uri: str) -> tuple[Result, str] | None:
        """The same as soon as something is certain, for an editor that can be told of the rest."""
        if self.refreshes:
            done = await self.running.first()
            known = done.of(path_of(uri)) if done is not None else None
            if known is not None:
                return known
        return await self.found(uri)

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
        self._show(done, documents)
        self._redraw(done)

    def _show(self, done: Round, documents: tuple[Document, ...]) -> None:
        """Bring the diagnostics of a round, or of a preview, to the editor."""
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

    def _redraw(self, done: Round) -> None:
        """Have lenses and hints asked for anew once the program of a project is another one."""
        now = {key: result.program for key, result in done.results.items()}
        before, self._programs = self._programs, now
        if not before or all(before.get(key) is each for key, each in now.items()):
            return
        if self.redraws.lenses:
            self.workspace_code_lens_refresh(None)
        if self.redraws.hints:
            self.workspace_inlay_hint_refresh(None)


def found_in(done: Round | None, uri: str) -> tuple[Result, str] | None:
    """The result for a file in a round, and its path in there; None where no project holds it."""
    if done is None:
        return None
    path = path_of(uri)
    return done.of(path) or _closed(done, path)


def _closed(done: Round, path: Path) -> tuple[Result, str] | None:
    """The result that holds a file that is not open."""
    for result in done.results.values():
        if path.is_relative_to(result.root):
            relative = path.relative_to(result.root).as_posix()
            if relative in result.findings:
                return result, relative
    return None


def attach(server: Server) -> None:
    """Register what keeps the server in step with the editor."""
    _attach_lifetime(server)
    _attach_settings(server)
    _attach_buffers(server)


def _attach_lifetime(server: Server) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(given: types.InitializeParams) -> None:
        server.begin(given)

    @server.feature(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:
        server.ready()
        await _watch(server)
        await server.ask_for_settings()

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    async def folders(given: types.DidChangeWorkspaceFoldersParams) -> None:
        gone = {path_of(each.uri) for each in given.event.removed}
        added = [path_of(each.uri) for each in given.event.added]
        server.folders = [each for each in server.folders if each not in gone] + added
        server.ready()

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def watched(given: types.DidChangeWatchedFilesParams) -> None:
        _changed_on_disk(server, [path_of(each.uri) for each in given.changes])


def _attach_settings(server: Server) -> None:
    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def configured(given: types.DidChangeConfigurationParams) -> None:
        server.take_settings(given.settings)
        await server.ask_for_settings()


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
    wanted = [types.Registration("files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)]
    settings = workspace.did_change_configuration if workspace else None
    if settings and settings.dynamic_registration:
        section = types.DidChangeConfigurationRegistrationOptions(editor_settings.SECTION)
        wanted.append(
            types.Registration("settings", types.WORKSPACE_DID_CHANGE_CONFIGURATION, section)
        )
    await server.client_register_capability_async(types.RegistrationParams(wanted))


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
