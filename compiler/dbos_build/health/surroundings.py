"""What stands around a project: other projects, dependencies, git, ruff, flake8, pre-commit, CI.

In: a situation, and the generated files of the project. Out: checks. Never: writes; runs anything
but git, which is only asked.
"""

from __future__ import annotations

import configparser
import re
import subprocess
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from dbos_build import __version__
from dbos_build.founding import dependencies, services, toml
from dbos_build.founding.dependencies import OURS, PEER
from dbos_build.founding.situation import (
    CONFIGURATION,
    PROJECT,
    RUFF,
    Situation,
    ruff_above,
)
from dbos_build.health.check import Check, fine, note, problem

_FLAKE8 = (".flake8", "setup.cfg", "tox.ini")
_GIT_SECONDS = 30
_SET_UP = f"{OURS} init"
_BY_HAND = f"; `{OURS} init --dry-run` shows what to add by hand"
_REVISION = re.compile(
    r"repo[ ]*:[ ]*['\"]?\S*/dbos-build(?:\.git)?/?['\"]?[ ]*\n[ ]*rev[ ]*:[ ]*['\"]?v?([\w.+-]+)"
)


def surroundings(here: Situation, generated: Sequence[Path]) -> Iterator[Check]:
    """Everything beside the program itself."""
    yield from _inner_projects(here)
    yield from _handed_over(here, generated)
    yield from _dependencies(here)
    yield from _ruff(here)
    yield from _flake8(here)
    if here.is_repository:
        yield from _committed(here, generated)
        yield from _hooks(here)
        yield _ci(here)


def _inner_projects(here: Situation) -> Iterator[Check]:
    """Modules that belong to a project further in count for this one as well."""
    folders = {folder for path in here.modules for folder in Path(path).parents} - {Path()}
    for folder in sorted(folders):
        if _is_configured(here.root / folder):
            name = folder.as_posix()
            message = f"{name} is a project of its own, and its modules count here as well"
            yield note("projects", f'{message}; leave it out with exclude = ["{name}"]')


def _is_configured(folder: Path) -> bool:
    """Whether a folder has a configuration of ours."""
    try:
        tools = tomllib.loads(_text(folder / PROJECT)).get("tool")
    except tomllib.TOMLDecodeError:  # It is told by whoever looks at that project.
        tools = None
    return (folder / CONFIGURATION).is_file() or (isinstance(tools, dict) and OURS in tools)


def _handed_over(here: Situation, generated: Sequence[Path]) -> Iterator[Check]:
    """A registry does nothing for a program that does not give it to DBOS."""
    for path in generated:
        if path.suffix == ".py" and path.exists():
            if any(path.stem in _text(here.root / each) for each in here.modules):
                yield fine("registry in use", f"a module imports {path.stem}")
            else:
                message = f"no module imports {path.stem}: give it to DBOS(config=…, registry=…)"
                yield note("registry in use", message)


def _dependencies(here: Situation) -> Iterator[Check]:
    """Whoever installs the project gets what it names."""
    places = list(dependencies.places(here))
    is_ours = toml.named(str(here.table("project").get("name", ""))) == OURS
    can_be_added = dependencies.can_be_added(here)
    if not is_ours and not any({OURS, PEER} & each.names for each in places):
        if can_be_added:
            message = f"{PROJECT} does not name {OURS}: whoever installs the project lacks it"
            yield note("dependencies", message, _SET_UP)
        elif places:
            message = f"{places[0].path.name} does not name {OURS}: who installs from it lacks it"
            yield note("dependencies", message + _BY_HAND)
    for place in places:
        if PEER in place.names:
            name = place.path.name
            message = f"{name} names {PEER}, whose files and ours overwrite each other"
            yield problem("dependencies", f"{message}; name {OURS} in its place")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _ruff(here: Situation) -> Iterator[Check]:
    found = [
        (name, text, name == PROJECT)
        for name in (PROJECT, *RUFF)
        if (text := here.text(name)) is not None
        and (name != PROJECT or "ruff" in here.table("tool"))
    ]
    above = ruff_above(here)
    if above is not None:
        found.append((str(above), here.texts[above], above.name == PROJECT))
    for name, text, is_project in found:
        changed = toml.with_external(text, is_project=is_project)
        message = (
            f"{name} lacks {toml.CODE} in lint.external: ruff takes comments that silence our "
            "findings for mistakes, and removes them"
        )
        if changed == text:
            yield fine("ruff", f"{name} has {toml.CODE} in `external`")
        elif changed is None or name == str(above):
            yield problem("ruff", message + _BY_HAND)
        else:
            yield problem("ruff", message, _SET_UP)


def _flake8(here: Situation) -> Iterator[Check]:
    """flake8 shows every plugin's codes unless `select` names some."""
    for name in _FLAKE8:
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        try:
            parser.read(here.root / name, encoding="utf-8")
            selected = parser.get("flake8", "select", fallback="")
        except (configparser.Error, OSError, UnicodeDecodeError):
            continue
        codes = [each for each in re.split(r"[\s,]+", selected) if each]
        if codes and not any(
            toml.CODE.startswith(each) or each.startswith(toml.CODE) for each in codes
        ):
            message = (
                f"`select` in {name} leaves out {toml.CODE}: flake8 shows none of our findings"
            )
            yield note("flake8", message)


def _committed(here: Situation, generated: Sequence[Path]) -> Iterator[Check]:
    """The registry and the lock belong into the repository."""
    for path in generated:
        if not path.exists():
            continue
        name = path.relative_to(here.root).as_posix()
        if _git(here, "check-ignore", "--quiet", "--", name) == 0:
            message = f"{name} is ignored by git, so that nobody else gets it"
            yield problem("git", message, f"git add --force {name}")
        elif _git(here, "ls-files", "--error-unmatch", "--", name) != 0:
            yield note("git", f"{name} is not committed yet", f"git add {name}")


def _hooks(here: Situation) -> Iterator[Check]:
    path = here.top / ".pre-commit-config.yaml"
    text = here.texts.get(path)
    if text is None:
        return
    found = _REVISION.search(text)
    if found is not None and found[1] != __version__:
        message = f"the hooks run {OURS} {found[1]}, which is not the {__version__} of here"
        yield note("pre-commit", f"{message}: their findings and versions may differ")
    elif not services.mentions(text, here):
        yield _missing("pre-commit", "no hook runs dbos-build", path, here)
    elif (here.top / ".git").is_dir() and not (here.top / ".git/hooks/pre-commit").exists():
        yield note("pre-commit", "the hooks are not installed in this clone", "pre-commit install")
    else:
        yield fine("pre-commit", "runs dbos-build")


def _ci(here: Situation) -> Check:
    folder, gitlab = here.top / ".github" / "workflows", here.top / ".gitlab-ci.yml"
    jobs = [gitlab, *(path for path in here.texts if path.parent == folder)]
    if any(services.mentions(here.texts.get(path, ""), here) for path in jobs):
        return fine("ci", "runs dbos-build")
    left = (path for path in services.left_by_hand(here) if path == gitlab or path.parent == folder)
    return _missing("ci", "no job runs dbos-build", next(left, gitlab), here)


def _missing(name: str, message: str, path: Path, here: Situation) -> Check:
    """What is not in a file, with how to get it there."""
    if path in services.left_by_hand(here):
        return note(name, message + _BY_HAND)
    return note(name, message, _SET_UP)


def _git(here: Situation, *arguments: str) -> int | None:
    """The exit code of a question to git; None without git."""
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=here.root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_GIT_SECONDS,
        ).returncode
    except (OSError, subprocess.TimeoutExpired):
        return None
