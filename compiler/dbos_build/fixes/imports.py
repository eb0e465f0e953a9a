"""Adding imports where a tidy file would have them.

In: a draft and the imports that changes need. Out: edits. Never does: move or merge imports that
are there, except for one more name in a `from` import of the same module.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import libcst as cst

from dbos_build.fixes.change import Edit, Import
from dbos_build.fixes.draft import Draft
from dbos_build.fixes.names import dotted

_ImportLine = tuple[cst.SimpleStatementLine, cst.Import | cst.ImportFrom]


def edits(draft: Draft, wanted: Sequence[Import]) -> tuple[Edit, ...]:
    """The edits that bring in everything wanted, each thing once."""
    needed = sorted(set(wanted), key=lambda each: (each.module, each.name or ""))
    lines = list(_import_lines(draft.tree))
    found: list[Edit] = []
    fresh: dict[str, list[str]] = {}
    for each in needed:
        host = _host(lines, each.module) if each.name else None
        if each.name is None:
            found.append(_statement(draft, lines, each.module, f"import {each.module}"))
        elif host is None:
            fresh.setdefault(each.module, []).append(each.name)
        else:
            found.append(_extend(draft, host, each.name))
    for module, names in fresh.items():
        found.append(_statement(draft, lines, module, f"from {module} import {', '.join(names)}"))
    return tuple(found)


def _import_lines(tree: cst.Module) -> Iterator[_ImportLine]:
    """The lines of the module's first block of imports that hold one import each."""
    started = False
    for statement in tree.body:
        small = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else None
        if isinstance(statement, cst.SimpleStatementLine) and isinstance(
            small, cst.Import | cst.ImportFrom
        ):
            started = True
            if len(statement.body) == 1:
                yield statement, small
        elif started:
            return


def _host(lines: Sequence[_ImportLine], module: str) -> cst.ImportFrom | None:
    """The `from module import a, b` to which another name can be added."""
    for _, statement in lines:
        if (
            isinstance(statement, cst.ImportFrom)
            and not statement.relative
            and not isinstance(statement.names, cst.ImportStar)
            and dotted(statement.module) == module
        ):
            return statement
    return None


def _extend(draft: Draft, host: cst.ImportFrom, name: str) -> Edit:
    """One more name, before the first that sorts after it: constants, classes, then the rest."""
    names = [] if isinstance(host.names, cst.ImportStar) else list(host.names)
    for alias in names:
        if _name_order(name) < _name_order(dotted(alias.name)):
            start = draft.span(alias)[0]
            return Edit(start, start, f"{name}, ")
    last = names[-1].asname.name if names[-1].asname else names[-1].name
    end = draft.span(last)[1]
    return Edit(end, end, f", {name}")


def _name_order(name: str) -> tuple[int, str]:
    if name.isupper() and len(name) > 1:
        return (0, name)
    return (1, name) if name[:1].isupper() else (2, name)


def _statement(draft: Draft, lines: Sequence[_ImportLine], module: str, text: str) -> Edit:
    """A new import statement, after those that sort before it."""
    key = _line_order(module, text.startswith("from "))
    before = [line for line, statement in lines if _order_of(statement) < key]
    after = [line for line, statement in lines if _order_of(statement) >= key]
    sections = [_order_of(statement)[0] for _, statement in lines]
    joins_previous = bool(before) and sections[len(before) - 1] == key[0]
    joins_next = bool(after) and sections[len(before)] == key[0]
    if before and (joins_previous or not joins_next):
        end = _line_end(draft, draft.span(before[-1])[1])
        glue = "" if draft.text[end - 1 : end] in ("\n", "\r") else "\n"
        return Edit(end, end, f"{glue}{'' if joins_previous else chr(10)}{text}\n")
    if after:
        start = draft.line_start(draft.span(after[0])[0])
        return Edit(start, start, f"{text}\n{'' if joins_next else chr(10)}")
    return _first(draft, text)


def _first(draft: Draft, text: str) -> Edit:
    """The only import of a file: after its docstring, before everything else."""
    body = list(draft.tree.body)
    if body and draft.tree.get_docstring(clean=False) is not None:
        end = _line_end(draft, draft.span(body[0])[1])
        glue = "" if draft.text[end - 1 : end] in ("\n", "\r") else "\n"
        return Edit(end, end, f"{glue}\n{text}\n")
    start = draft.line_start(draft.span(body[0])[0]) if body else len(draft.text)
    blank = "\n" if body and isinstance(body[0], cst.SimpleStatementLine) else "\n\n"
    return Edit(start, start, f"{text}\n{blank}")


def _line_end(draft: Draft, offset: int) -> int:
    """The offset after the line end that follows `offset`."""
    return next((start for start in draft.line_starts if start > offset), len(draft.text))


def _order_of(statement: cst.Import | cst.ImportFrom) -> tuple[int, int, str]:
    if isinstance(statement, cst.ImportFrom):
        if statement.relative:
            return (4, 1, dotted(statement.module))
        return _line_order(dotted(statement.module), True)
    return _line_order(dotted(statement.names[0].name), False)


def _line_order(module: str, is_from: bool) -> tuple[int, int, str]:
    """Section (future, standard library, others), `import` before `from`, then the name."""
    top = module.partition(".")[0]
    if top == "__future__":
        return (0, 1, module)
    return (1 if top in sys.stdlib_module_names else 2, int(is_from), module)
