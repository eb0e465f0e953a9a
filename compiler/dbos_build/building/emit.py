"""Generated files: their text, and writing them.

In: a manifest and where its outputs go. Out: files whose bytes are a function of the manifest.
Never: touches a file that already has the right content, writes through a symbolic link or outside
the project, leaves half a file or one file without the other.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from stat import S_ISREG

from dbos_build.building.manifest import Entry, Manifest, lock_text
from dbos_build.error import ConfigError, OutputError
from dbos_build.settings.config import Settings

REGISTRY_FORMAT = 2
"""Number of the registry's form; the runtime that reads it has the same number."""
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the two files of a build go, as absolute paths."""

    registry: Path
    lock: Path


@dataclass(frozen=True, slots=True)
class Output:
    """A generated file: its absolute path and its whole content."""

    path: Path
    text: str

    @property
    def content(self) -> bytes:
        """The bytes to be written."""
        return _encode(self.text)


def places(paths: Sequence[Path], settings: Settings) -> Places:
    """Return where a build of `paths` writes.

    Raises ConfigError when that cannot be told, or would be outside what the project builds.
    """
    if settings.root is not None:
        root = settings.root.resolve()
        built = tuple((root / entry).resolve() for entry in settings.sources)
        for path in paths:
            given = path.resolve()
            if not any(
                given == each or each in given.parents or given in each.parents for each in built
            ):
                raise ConfigError(
                    f"{path}: is not among the sources of {root}; nothing is built from it"
                )
        where = Places(root / settings.registry, root / settings.lock)
        for file in (where.registry, where.lock):
            if not file.parent.resolve().is_relative_to(root):
                raise ConfigError(f"{file}: a symbolic link leads out of the project; remove it")
        return where
    if len(paths) > 1:
        raise ConfigError(
            "several paths without a project: build one folder, or list them as `sources` "
            "under [tool.dbos-build] in a pyproject.toml"
        )
    start = (paths[0] if paths else Path()).resolve()
    folder = start if os.path.isdir(start) else start.parent
    return Places(folder / settings.registry, folder / settings.lock)


def outputs(manifest: Manifest, where: Places) -> tuple[Output, ...]:
    """Return the files of a build, in the order of writing.

    The lock comes last: it is what a build proves take-overs from, so a build that was killed in
    between is simply repeated.
    """
    return (
        Output(where.registry, registry_text(manifest)),
        Output(where.lock, lock_text(manifest)),
    )


def registry_text(manifest: Manifest) -> str:
    """Return the source of the registry module."""
    from dbos_templates import render

    sections = _sections(manifest)
    used = {kind for _, kind, entries in sections if entries}
    number = len(manifest.modules)
    return render(
        "registry/registry.py.j2",
        format=REGISTRY_FORMAT,
        module_count=f"{number} module{'' if number == 1 else 's'}",
        application_version=manifest.application_version,
        names=sorted({"Registry", *used, *(each.parent for each in manifest.stubs.classes)}),
        stubs=manifest.stubs,
        sections=sections,
    )


_Fields = tuple[tuple[str, object], ...]


def _sections(manifest: Manifest) -> tuple[tuple[str, str, tuple[_Fields, ...]], ...]:
    """Per section: its keyword, the class of its entries, and their fields in order."""

    def located(entries: Sequence[Entry]) -> tuple[_Fields, ...]:
        return tuple((("name", each.name), ("entry", each.entry)) for each in entries)

    workflows: tuple[_Fields, ...] = tuple(
        (("name", each.name), ("entry", each.entry), ("version", each.version))
        for each in manifest.workflows
    )
    schedules: tuple[_Fields, ...] = tuple(
        (("workflow", each.workflow), ("cron", each.cron)) for each in manifest.schedules
    )
    queues: tuple[_Fields, ...] = tuple(
        (("name", each.name), ("module", each.module), ("options", _plain(each.options)))
        for each in manifest.queues
    )
    modules: tuple[_Fields, ...] = tuple(
        (("name", each.name), ("digest", each.digest)) for each in manifest.modules
    )
    proofs = _proofs(manifest)
    return (
        ("workflows", "Workflow", workflows),
        ("steps", "Step", located(manifest.steps)),
        ("transactions", "Transaction", located(manifest.transactions)),
        ("schedules", "Schedule", schedules),
        ("queues", "Queue", queues),
        ("classes", "Class", located(manifest.classes)),
        ("modules", "Module", modules),
        *((("takes_over", "TakeOver", proofs),) if proofs else ()),
    )


def _proofs(manifest: Manifest) -> tuple[_Fields, ...]:
    """What the build may take over of former ones, each workflow's newest first."""
    return tuple(
        (("workflow", each.name), ("version", proof.version), ("reason", proof.reason))
        for each in manifest.workflows
        for proof in each.takes_over
    )


def _plain(options: Mapping[str, object] | None) -> dict[str, object] | None:
    return None if options is None else {key: options[key] for key in sorted(options)}


def write_all(files: Sequence[Output]) -> frozenset[Path]:
    """Write the files that differ from what is on disk, all or none; return their paths.

    Raises OutputError when one cannot be written; the others are then as they were.
    """
    old = {each.path: _read(each.path) for each in files}
    for folder in {each.path.parent for each in files}:
        _clear(folder)
    changed = [each for each in files if old[each.path] != each.content]
    staged: list[tuple[Path, Path]] = []
    done: list[Path] = []
    try:
        for each in changed:
            staged.append((_stage(each.path, each.content), each.path))
        for temporary, path in staged:
            os.replace(temporary, path)
            done.append(path)
        for folder in {path.parent for path in done}:
            _sync_folder(folder)
    except OSError as failure:
        for temporary, _ in staged:
            _remove(temporary)
        _restore(done, old)
        name = failure.filename2 or failure.filename or "the generated files"
        raise OutputError(f"{name}: cannot be written: {failure.strerror}") from failure
    return frozenset(done)


def write(path: Path, text: str) -> None:
    """Write one file that a user named, atomically. Raises OutputError."""
    write_all((Output(path.absolute(), text),))


def content_on_disk(path: Path) -> bytes | None:
    """Return what a generated file holds, None when there is none.

    Raises OutputError for a link, and for anything that is no regular file.
    """
    return _read(path)


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _read(path: Path) -> bytes | None:
    """What is on disk, None for nothing. Refuses links and anything that is no regular file."""
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as failure:
        raise OutputError(f"{path}: cannot be read: {failure.strerror}") from failure
    if not S_ISREG(status.st_mode):
        raise OutputError(f"{path}: is in the way: not a regular file; remove it and try again")
    try:
        descriptor = os.open(path, os.O_RDONLY | _NO_FOLLOW)
        with open(descriptor, "rb") as stream:
            return stream.read()
    except OSError as failure:
        raise OutputError(f"{path}: cannot be read: {failure.strerror}") from failure


def _stage(path: Path, content: bytes) -> Path:
    """Write content to a new file beside `path`, through to the disk; return the new file."""
    for attempt in count():
        temporary = path.with_name(f".dbos-build-{os.getpid()}-{attempt}.tmp")
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW
            descriptor = os.open(temporary, flags, 0o666)
            break
        except FileExistsError:
            continue
    try:
        with open(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(descriptor)
    except OSError:
        _remove(temporary)
        raise
    return temporary


def _restore(done: Sequence[Path], old: Mapping[Path, bytes | None]) -> None:
    """Put back what was there before, as far as the disk still lets us."""
    for path in done:
        content = old[path]
        if content is None:
            _remove(path)
            continue
        try:
            os.replace(_stage(path, content), path)
        except OSError as failure:
            raise OutputError(
                f"{path}: was replaced, but the other generated file could not be: "
                f"{failure.strerror}; run `dbos-build build` again"
            ) from failure


def _clear(folder: Path) -> None:
    """Remove what builds that were killed have staged; those of living processes stay."""
    for path in folder.glob(".dbos-build-*-*.tmp"):
        number = path.name.split("-")[2]
        if number.isdecimal() and number.isascii() and not _is_running(int(number)):
            with contextlib.suppress(OSError):
                os.unlink(path)


def _is_running(process: int) -> bool:
    """Whether a process of this number runs; yes where that cannot be asked without harm."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _remove(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def _sync_folder(folder: Path) -> None:
    """Make a rename durable, where folders can be opened at all."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)
