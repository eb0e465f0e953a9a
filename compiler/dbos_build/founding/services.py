"""What runs dbos-build for people: CI, pre-commit and the editor.

In: a situation. Out: items of a plan. Never: a second file for what the project has already, or a
change to one that is not ours beyond hooks after the last hook.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dbos_build.founding.situation import Situation
from dbos_templates import render

OURS = "dbos-build"
CI = ("github", "gitlab", "none")


@dataclass(frozen=True, slots=True)
class Change:
    """A file that is made (`before` is None) or added to, and what that is for."""

    path: Path
    before: str | None
    after: str
    what: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is left alone, and why."""

    path: Path
    why: str


@dataclass(frozen=True, slots=True)
class ByHand:
    """What the user has to do to a file, and what to put there."""

    path: Path
    what: str
    snippet: str


Item = Change | Kept | ByHand


def services(here: Situation, ci: str) -> Iterator[Item]:
    """The jobs in CI and the hooks of pre-commit."""
    match ci or _ci(here):
        case "github":
            yield from _github(here)
        case "gitlab":
            yield from _gitlab(here)
    yield from _hooks(here)


def left_by_hand(here: Situation) -> frozenset[Path]:
    """The files that lack something which only the user can add."""
    return frozenset(each.path for each in services(here, "") if isinstance(each, ByHand))


def editor(here: Situation) -> Iterator[Item]:
    """A task for VS Code, whose results are shown at their lines; other editors need no file."""
    path = here.top / ".vscode" / "tasks.json"
    known = here.texts.get(path)
    if here.inside:
        return  # The editor opens the folder of the project or the whole; which, is not known.
    text = render("project/tasks.json.j2", run=_run(here))
    if known is None:
        yield Change(path, None, text, "a task that shows findings at their lines")
    elif OURS in known:
        yield Kept(path, "has a task for dbos-build already")
    else:
        yield ByHand(path, "add the task", text)


def _ci(here: Situation) -> str:
    """Which CI the project has, as far as files and the remote tell."""
    if here.texts.get(here.top / ".gitlab-ci.yml") is not None or "gitlab" in here.remote:
        return "gitlab"
    return "github"


def _github(here: Situation) -> Iterator[Item]:
    folder = here.top / ".github" / "workflows"
    for path, text in here.texts.items():
        if path.parent == folder and mentions(text, here):
            yield Kept(path, "runs dbos-build already")
            return
    suffix = f"-{_slug(here.inside)}" if here.inside else ""
    path = folder / f"{OURS}{suffix}.yml"
    title = f"workflows of {here.inside}" if here.inside else "workflows"
    text = render("project/github.yml.j2", title=title, **_job(here))
    if path in here.texts:
        yield ByHand(path, "the name is taken; add these steps", text)
    else:
        yield Change(path, None, text, "verifies every pull request")


def _gitlab(here: Situation) -> Iterator[Item]:
    path = here.top / ".gitlab-ci.yml"
    text = render("project/gitlab.yml.j2", **_job(here))
    known = here.texts.get(path)
    if known is None:
        yield Change(path, None, text, "verifies every merge request")
    elif mentions(known, here):
        yield Kept(path, "runs dbos-build already")
    else:
        yield ByHand(path, "add the job", text)


def _hooks(here: Situation) -> Iterator[Item]:
    """Hooks of pre-commit: a file of their own, or after the last hook of the user's file."""
    path = here.top / ".pre-commit-config.yaml"
    known = here.texts.get(path)
    if known is None and not here.is_repository and not here.is_new:
        return
    entries = {name: _entry(here, name) for name in ("check", "build")}
    hooks = render("project/pre-commit-hooks.yaml.j2", **entries)
    if known is None:
        whole = render("project/pre-commit.yaml.j2", hooks=_indented(hooks, "  ").rstrip("\n"))
        yield Change(path, None, whole, "checks and builds before every commit")
    elif mentions(known, here):
        yield Kept(path, "runs dbos-build already")
    else:
        made = _with_hooks(known, hooks)
        if made is None:
            yield ByHand(path, "add the hooks below `repos:`", hooks)
        else:
            yield Change(path, known, made, "checks and builds before every commit")


def _with_hooks(text: str, hooks: str) -> str | None:
    """The hooks after the last ones, where those end the file; None where that is not certain."""
    heads = [match[1] for match in re.finditer(r"^([\w-]+)[ \t]*:", text, re.MULTILINE)]
    dashes = set(re.findall(r"^([ ]*)-[ ]+repo[ ]*:", text, re.MULTILINE))
    if not heads or heads[-1] != "repos" or len(dashes) != 1 or "\t" in text or "\n---" in text:
        return None
    if text.rstrip().endswith("..."):
        return None
    return like(text, text.rstrip("\r\n") + "\n" + _indented(hooks, dashes.pop()))


def like(old: str, new: str) -> str:
    """A text in the line ends of another."""
    return new.replace("\r\n", "\n").replace("\n", "\r\n") if "\r\n" in old else new


def mentions(text: str, here: Situation) -> bool:
    """Whether a file runs dbos-build for this project."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return any(OURS in line for line in lines) and (not here.inside or here.inside in text)


def _entry(here: Situation, name: str) -> str:
    command = f"{_run(here)}{OURS} {name}"
    if not here.inside:
        return command
    inner = shlex.quote(f"cd {shlex.quote(here.inside)} && {command}")
    return f"bash -c {inner}"


def _job(here: Situation) -> dict[str, str]:
    return {"inside": here.inside, "install": _install(here), "run": _run(here)}


def _run(here: Situation) -> str:
    """What stands before a command that belongs to the project's environment."""
    return "uv run --frozen " if here.text("uv.lock") is not None else ""


def _install(here: Situation) -> str:
    if here.text("uv.lock") is not None:
        return "pip install uv && uv sync --frozen"
    if here.is_new or "project" in here.project:
        return "pip install -e ."
    if here.text("requirements.txt") is not None:
        return f"pip install -r requirements.txt {OURS}"
    return f"pip install {OURS}"


def _slug(path: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", path).strip("-") or "project"


def _indented(text: str, prefix: str) -> str:
    return "".join(prefix + line if line.strip() else line for line in text.splitlines(True))
