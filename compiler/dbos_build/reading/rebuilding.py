"""An edit anywhere in a module, made in the tree that is there: what says the same stays.

In: a module and its new text. Out: a `Rebuilding`, when the new text parses; making it changes the
tree and the module in place, moves what stands below, and says which nodes moved and which
functions have another body. Never does: change anything before all of it can be done; decide what
an edit means to others: who knows that is asked about every function that would be kept.

Statements at the top of a module that say the same stay the same objects. So does a function with
another body, and a class in which only bodies of methods are others. Everything else that changed
is made of new nodes.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

from dbos_build.nodes import FUNCTIONS, SCOPES, forget, walk
from dbos_build.parsing import parse_module
from dbos_build.reading.module import Module, is_too_large
from dbos_build.reading.renewing import (
    FunctionNode,
    Moves,
    is_too_deep,
    says_the_same,
    shift_lines,
    take_over,
)
from dbos_build.reading.reparsing import cut
from dbos_build.reading.suppressions import collect

Judge = Callable[[FunctionNode, FunctionNode], bool]
"""Whether two functions with the same header are one to all others but for what they do."""
_FUNCTION_HEADER = ("name", "args", "decorator_list", "returns", "type_params")
_CLASS_HEADER = ("name", "bases", "keywords", "decorator_list", "type_params")


@dataclass(frozen=True, slots=True, eq=False)
class Rebuilding:
    """An edit of the statements from `above` to `below`, which become those in `made`.

    They end in line `last` of the old text; what follows moves by `shift` lines.
    """

    module: Module
    text: str
    above: int
    below: int
    made: list[ast.stmt]
    first: int
    last: int
    shift: int


@dataclass(slots=True)
class Rebuilt:
    """What became of a tree: where nodes went, and functions and lambdas with other code."""

    moves: Moves
    changed: set[ast.AST] = field(default_factory=set)


def rebuilding(module: Module, text: str) -> Rebuilding | None:
    """The edit that makes a module's text another one, if both parse."""
    tree = module.tree
    if tree is None or "\x00" in text or is_too_large(text):
        return None
    old, new = module.text.split("\n"), text.split("\n")
    first, least = cut(tree.body, old, new)
    moved = len(new) - len(old)
    # A line may belong to the statement above it, or be a decorator of the one below.
    for above in dict.fromkeys((first, max(first - 1, 0))):
        for below in dict.fromkeys((least, min(least + 1, len(tree.body)))):
            start = _end(tree.body, above)
            last = _end(tree.body, below) if below < len(tree.body) else len(old)
            made = _parsed(start, new[start : last + moved])
            if made is not None:
                if any(is_too_deep(each) for each in made):
                    return None
                return Rebuilding(module, text, above, below, made, start + 1, last, moved)
    return None


def _parsed(start: int, lines: list[str]) -> list[ast.stmt] | None:
    """The statements that some lines are, behind so many others."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Empty lines put the statements where they are in the file.
            return parse_module("\n" * start + "\n".join(lines)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def rebuild(edit: Rebuilding, shows_the_same: Judge) -> Rebuilt:
    """Make the edit."""
    tree = edit.module.tree
    assert tree is not None
    found = Rebuilt(Moves(edit.first, edit.last, edit.shift))
    forget(tree)
    below = tree.body[edit.below :]
    if edit.shift:
        for each in below:
            shift_lines(each, 0, edit.shift)
    inner = _matched(tree.body[edit.above : edit.below], edit.made, found, shows_the_same)
    tree.body[edit.above :] = [*inner, *below]
    # One object is known for the module to everybody; it changes as its tree does.
    object.__setattr__(edit.module, "text", edit.text)
    object.__setattr__(edit.module, "suppressions", collect(edit.text))
    return found


def _matched(
    before: list[ast.stmt], now: list[ast.stmt], found: Rebuilt, judge: Judge
) -> list[ast.stmt]:
    """The statements that there are now: those of before where they can stay."""
    head = 0
    least = min(len(before), len(now))
    while head < least and says_the_same(before[head], now[head]):
        head += 1
    tail = 0
    while tail < least - head and says_the_same(before[-1 - tail], now[-1 - tail]):
        tail += 1
    pairs = list(zip(before[:head], now[:head], strict=True))
    place, end = head, len(before) - tail
    for each in now[head : len(now) - tail]:
        partner = next((n for n in range(place, end) if _can_stay(before[n], each, judge)), None)
        if partner is None:
            pairs.append((each, each))
            continue
        found.moves.gone += before[place:partner]
        pairs.append((before[partner], each))
        place = partner + 1
    found.moves.gone += before[place:end]
    pairs += zip(before[end:], now[len(now) - tail :], strict=True)
    return [_stayed(old, new, found) for old, new in pairs]


def _can_stay(old: ast.stmt, new: ast.stmt, judge: Judge) -> bool:
    """Whether a statement can stay, with other bodies of functions perhaps."""
    if type(old) is not type(new):
        return False
    if isinstance(old, ast.ClassDef) and isinstance(new, ast.ClassDef):
        return (
            _agree(old, new, _CLASS_HEADER)
            and len(old.body) == len(new.body)
            and all(_can_stay(one, two, judge) for one, two in zip(old.body, new.body, strict=True))
        )
    if isinstance(old, FUNCTIONS) and isinstance(new, FUNCTIONS):
        return _agree(old, new, _FUNCTION_HEADER) and judge(old, new)
    return says_the_same(old, new)


def _agree(old: ast.AST, new: ast.AST, names: tuple[str, ...]) -> bool:
    return all(says_the_same(getattr(old, name, None), getattr(new, name, None)) for name in names)


def _stayed(old: ast.stmt, new: ast.stmt, found: Rebuilt) -> ast.stmt:
    """A statement that stays, saying what the new one does, where that stands."""
    if old is new:
        return old
    _note_changes(old, new, found)
    for scope in [each for each in walk(old) if isinstance(each, SCOPES)]:
        forget(scope)
    take_over(old, new, found.moves)
    return old


def _note_changes(old: ast.stmt, new: ast.stmt, found: Rebuilt) -> None:
    """Note the functions with other code, and those inside of them."""
    if says_the_same(old, new):
        return
    if isinstance(old, ast.ClassDef) and isinstance(new, ast.ClassDef):
        for one, two in zip(old.body, new.body, strict=True):
            _note_changes(one, two, found)
    else:
        found.changed.update(each for each in walk(old) if isinstance(each, FUNCTIONS))


def _end(body: list[ast.stmt], count: int) -> int:
    """The line on which the first so many statements end; 0 for none."""
    return (body[count - 1].end_lineno or 0) if count else 0


__all__ = ["Judge", "Rebuilding", "Rebuilt", "rebuild", "rebuilding"]
