"""``runtimeConfig.start`` of a ``dbos-config.yaml``: the commands that start an application.

In: a folder. Out: the commands, run one after the other until one fails. Never guesses at YAML: it
reads the one section that programs of this kind have, and refuses what it does not know with the
line and what to write instead. No other key of the file is read.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import types
from pathlib import Path

from dbos.error import DBOSInitializationError

FILE = "dbos-config.yaml"
EXAMPLE = 'runtimeConfig:\n  start:\n    - "python3 main.py"'


def read_commands(folder: Path) -> list[str]:
    """The commands of the file in ``folder``; none when there is no file, or no such section.

    Raises ``DBOSInitializationError`` for a section that is not a list of commands.
    """
    path = folder / FILE
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise DBOSInitializationError(f"{path} cannot be read: {error}") from None
    section = _below(list(enumerate(lines, 1)), "runtimeConfig")
    found = _below(section, "start")
    return [_command(path, number, line) for number, line in found]


def _below(lines: list[tuple[int, str]], key: str) -> list[tuple[int, str]]:
    """The lines below a key of the outermost level of these lines, without comments and gaps."""
    known = [
        (number, line)
        for number, line in lines
        if line.strip() and not line.lstrip().startswith("#") and line.strip() != "---"
    ]
    if not known:
        return []
    level = _indent(known[0][1])
    found: list[tuple[int, str]] = []
    inside = False
    for number, line in known:
        # A list may stand at the level of its key.
        if _indent(line) <= level and not (inside and line.lstrip().startswith("- ")):
            name, _, rest = line.strip().partition(":")
            inside = name == key
            if inside and (rest := _without_comment(rest)):
                found.append((number, rest))
        elif inside:
            found.append((number, line))
    return found


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _without_comment(text: str) -> str:
    return text.partition(" #")[0].strip()


def _command(path: Path, number: int, line: str) -> str:
    text = line.strip()
    mark, _, rest = text.partition(" ")
    rest = rest.strip()
    if mark == "-" and rest[:1] in ('"', "'"):
        found = _quoted(rest)
    elif mark == "-" and rest and rest[0] not in "[{|>&*!%@`#-" and ": " not in rest:
        found = _without_comment(rest)
    else:
        found = None
    if not found:
        raise DBOSInitializationError(
            f"{path}:{number}: {text[:80]!r} is not read here; write one command in a line:\n"
            f"{EXAMPLE}"
        )
    return found


def _quoted(text: str) -> str | None:
    """The text between the quotes, None when something but a comment follows."""
    end = text.rfind(text[0])
    after = text[end + 1 :].strip()
    if end == 0 or (after and not after.startswith("#")):
        return None
    inside = text[1:end]
    if text[0] == "'":
        return inside.replace("''", "'")
    try:
        found = json.loads(text[: end + 1])
    except ValueError:
        return None
    return found if isinstance(found, str) else None


def run_commands(commands: list[str]) -> int:
    """Run the commands through the shell; answers the exit code of the first that fails, else 0.

    SIGINT and SIGTERM go to the command that runs, and no further one is started.
    """
    stopped: list[int] = []
    running: list[subprocess.Popen[bytes]] = []

    def pass_on(number: int, _: types.FrameType | None) -> None:
        stopped.append(number)
        for process in running:
            # The shell and all that it started; a shell alone would not pass the signal on.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)

    former = {one: signal.signal(one, pass_on) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        for command in commands:
            if stopped:
                break
            with subprocess.Popen(command, shell=True, start_new_session=True) as process:
                running[:] = [process]
                code = process.wait()
            running.clear()
            if code and not stopped:
                return code if code > 0 else 128 - code
    finally:
        for one, handler in former.items():
            signal.signal(one, handler)
    return 0
