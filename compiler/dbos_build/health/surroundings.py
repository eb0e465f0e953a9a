"""What stands around a project: git, ruff, flake8, pre-commit and CI.

In: a situation, and the generated files of the project. Out: checks. Never: writes; runs anything
but git, which is only asked.
"""

from __future__ import annotations

import configparser
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from dbos_build.founding import dependencies, toml
from dbos_build.founding.dependencies import OURS, PEER
from dbos_build.founding.situation import PROJECT, RUFF, Situation, ruff_above
from dbos_build.health.check import Check, fine, note, problem

_FLAKE8 = (".flake8", "setup.cfg", "tox.ini")
_GIT_SECONDS = 30


def surroundings(here: Situation, generated: Sequence[Path]) -> Iterator[Check]:
    """Everything beside the program itself."""
    yield from _handed_over(here, generated)
    yield from _dependencies(here)
    yield from _ruff(here)
    yield from _flake8(here)
    if here.is_repository:
        yield from _committed(here, generated)
        yield from _hooks(here)
        yield _ci(here)


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
    for place in dependencies.places(here):
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
        if toml.with_external(text, is_project=is_project) == text:
            yield fine("ruff", f"{name} has {toml.CODE} in `external`")
        else:
            yield problem(
                "ruff",
                f"{name} lacks {toml.CODE} in lint.external: ruff takes comments that silence our "
                "findings for mistakes, and removes them",
                f"{OURS} init",
            )


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
    text = here.texts.get(here.top / ".pre-commit-config.yaml")
    if text is None:
        return
    if OURS not in text:
        yield note("pre-commit", "no hook runs dbos-build", f"{OURS} init")
    elif (here.top / ".git").is_dir() and not (here.top / ".git/hooks/pre-commit").exists():
        yield note("pre-commit", "the hooks are not installed in this clone", "pre-commit install")
    else:
        yield fine("pre-commit", "runs dbos-build")


def _ci(here: Situation) -> Check:
    folder = here.top / ".github" / "workflows"
    jobs = [here.top / ".gitlab-ci.yml", *(path for path in here.texts if path.parent == folder)]
    if any(OURS in here.texts.get(path, "") for path in jobs):
        return fine("ci", "runs dbos-build")
    return note("ci", "no job runs dbos-build", f"{OURS} init")


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
