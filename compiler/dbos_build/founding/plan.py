"""What setting a project up will do: files made, files added to, and what is left to the user.

In: a situation and what was asked for. Out: a `Plan`. Never: writes, or changes a line that the
user wrote; where nothing can be added without that, the plan says what to add by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dbos_build.founding import dependencies, program, services, toml
from dbos_build.founding.dependencies import OURS, PEER
from dbos_build.founding.layout import Layout, layout
from dbos_build.founding.services import ByHand, Change, Item, Kept
from dbos_build.founding.situation import CONFIGURATION, PROJECT, RUFF, Situation, ruff_above

_EXTERNAL = f'external = ["{toml.CODE}"]'
_RUFF_LEAVES = f"ruff leaves comments with codes {toml.CODE}… alone"
_RUFF_BY_HAND = "have ruff leave our codes alone"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user asked for; an empty `name` means the folder's, an empty `ci` whatever fits."""

    name: str = ""
    ci: str = ""
    editor: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """The items of a plan, in the order in which they are told."""

    items: tuple[Item, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """The files that are written."""
        return tuple(each for each in self.items if isinstance(each, Change))

    @property
    def by_hand(self) -> tuple[ByHand, ...]:
        """What is left to the user."""
        return tuple(each for each in self.items if isinstance(each, ByHand))


def plan(here: Situation, asked: Asked) -> Plan:
    """What to do about a folder. Raises ConfigError for a name that no package can have."""
    made = program.program(here, asked.name) if here.is_new else ()
    items = [*made, *_configuration(here, made), *services.services(here, asked.ci)]
    if asked.editor:
        items += services.editor(here)
    return Plan(tuple(items))


def _configuration(here: Situation, made: tuple[Change, ...]) -> Iterator[Item]:
    """The configuration of dbos-build, of ruff, and the dependency."""
    if any(each.path == here.root / PROJECT for each in made):
        return  # A new pyproject.toml has it all.
    text = here.text(PROJECT)
    where = layout([*here.modules, *_inside(here, made)], here.durable)
    if here.settings.root is not None:
        named = CONFIGURATION if here.text(CONFIGURATION) is not None else PROJECT
        yield Kept(here.root / named, "configures dbos-build already")
    elif text is None:
        content = toml.settings_text(_values(where))
        yield Change(here.root / CONFIGURATION, None, content, "the configuration of dbos-build")
    if text is not None:
        yield from _project(here, text, where)
    yield from _dependencies_by_hand(here)
    yield from _ruff_above(here)
    for name in RUFF:
        ruff = here.text(name)
        if ruff is not None:
            changed = toml.with_external(ruff, is_project=False)
            yield from _edited(here.root / name, ruff, changed)


@dataclass(slots=True)
class _Draft:
    """A file with some additions made, what they are, and those that could not be made."""

    path: Path
    text: str
    said: list[str] = field(default_factory=list)
    left: list[ByHand] = field(default_factory=list)

    def add(self, changed: str | None, what: str, by_hand: str, snippet: str) -> None:
        """Take over a text with one addition, or note what to do where there is none."""
        if changed is None:
            self.left.append(ByHand(self.path, by_hand, snippet))
        elif changed != self.text:
            self.text = changed
            self.said.append(what)


def _project(here: Situation, text: str, where: Layout) -> Iterator[Item]:
    """What pyproject.toml gets, as one change."""
    draft = _Draft(here.root / PROJECT, text)
    if here.settings.root is None:
        values = _values(where)
        section = f"[{toml.SECTION}]"
        snippet = f"{section}\n{toml.settings_text(values)}"
        draft.add(toml.with_section(draft.text, values), section, "configure dbos-build", snippet)
    if _uses_ruff(here):
        changed = toml.with_external(draft.text, is_project=True)
        draft.add(changed, _RUFF_LEAVES, _RUFF_BY_HAND, f"[tool.ruff.lint]\n{_EXTERNAL}")
    _depend(here, draft)
    yield from draft.left
    if draft.text != text:
        after = services.like(text, draft.text)
        yield Change(draft.path, text, after, ", ".join(draft.said))


def _depend(here: Situation, draft: _Draft) -> None:
    """The dependency on this distribution, where pyproject.toml can take it."""
    known = [each.names for each in dependencies.places(here) if each.path == draft.path]
    if dependencies.can_be_added(here) and not any(names & {OURS, PEER} for names in known):
        changed = toml.with_dependency(draft.text, OURS)
        draft.add(changed, f"the dependency {OURS}", "add the dependency", f'"{OURS}"')


def _dependencies_by_hand(here: Situation) -> Iterator[Item]:
    """Dependencies that the user has to change, or to add."""
    places = list(dependencies.places(here))
    for each in places:
        if PEER in each.names and OURS not in each.names:
            what = f"depend on {OURS} in place of {PEER}: both provide the package dbos"
            yield ByHand(each.path, what, each.line)
    is_named = any(each.names & {OURS, PEER} for each in places)
    if places and not is_named and not dependencies.can_be_added(here):
        yield ByHand(places[0].path, "add the dependency", places[0].line)


def _edited(path: Path, old: str, new: str | None) -> Iterator[Item]:
    """What a file of ruff's own gets."""
    if new is None:
        yield ByHand(path, _RUFF_BY_HAND, f"[lint]\n{_EXTERNAL}")
    elif new != old:
        yield Change(path, old, services.like(old, new), _RUFF_LEAVES)


def _ruff_above(here: Situation) -> Iterator[Item]:
    """What a file gets that is for other projects of the repository as well: the user decides."""
    path = ruff_above(here)
    if path is not None:
        is_project = path.name == PROJECT
        text = here.texts[path]
        if toml.with_external(text, is_project=is_project) != text:
            section = "[tool.ruff.lint]" if is_project else "[lint]"
            yield ByHand(path, _RUFF_BY_HAND, f"{section}\n{_EXTERNAL}")


def _uses_ruff(here: Situation) -> bool:
    """Whether ruff looks at this project by pyproject.toml."""
    if any(here.text(name) is not None for name in RUFF):
        return False
    hooks = here.texts.get(here.top / ".pre-commit-config.yaml") or ""
    return "ruff" in here.table("tool") or "ruff" in (here.text(PROJECT) or "") or "ruff" in hooks


def _values(where: Layout) -> dict[str, object]:
    sources = {"sources": list(where.sources)} if where.sources else {}
    return {**sources, "registry": where.registry}


def _inside(here: Situation, made: tuple[Change, ...]) -> list[str]:
    """The modules of a new program, relative to the project."""
    paths = [each.path.relative_to(here.root).as_posix() for each in made]
    return [path for path in paths if path.endswith(".py") and not path.startswith("tests/")]
