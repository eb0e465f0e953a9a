"""One file opened for rewriting: its syntax tree, where each node stands, and what names mean.

In: the text of a file. Out: a `Draft`, which answers where a finding points and what surrounds it.
Never does: change anything; fixes describe edits, `apply` makes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import libcst as cst
from libcst.metadata import (
    CodeRange,
    MetadataWrapper,
    PositionProvider,
    QualifiedNameSource,
    Scope,
    ScopeProvider,
)

from dbos_build.findings import Finding
from dbos_build.fixes.change import Definition, Unfixable

Node = TypeVar("Node", bound=cst.CSTNode)
FunctionNode = cst.FunctionDef | cst.Lambda
_LINE = re.compile(r"\r\n|\r|\n")
_POSTFIX = (cst.Attribute, cst.Subscript, cst.Call)


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A parsed file.

    `definitions` are those that changes accepted so far will add; `reserved` are names that new
    functions must not have, although nothing in this file has them.
    """

    text: str
    tree: cst.Module
    positions: Mapping[cst.CSTNode, CodeRange]
    parents: Mapping[cst.CSTNode, cst.CSTNode]
    scopes: Mapping[cst.CSTNode, Scope | None]
    line_starts: tuple[int, ...]
    nodes: tuple[cst.CSTNode, ...]
    definitions: tuple[Definition, ...] = ()
    reserved: frozenset[str] = frozenset()

    @property
    def indent(self) -> str:
        """One level of indentation as this file writes it."""
        return self.tree.default_indent

    def offset(self, line: int, column: int) -> int:
        """The offset of a line (from 1) and column (from 0)."""
        return self.line_starts[min(line, len(self.line_starts)) - 1] + column

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Where a node starts and ends, without parentheses around it."""
        place = self.positions[node]
        return (
            self.offset(place.start.line, place.start.column),
            self.offset(place.end.line, place.end.column),
        )

    def code(self, node: cst.CSTNode) -> str:
        """The text of a node exactly as written, without parentheses around it."""
        start, end = self.span(node)
        return self.text[start:end]

    def start_of(self, node: cst.CSTNode) -> int:
        """Where a statement starts, its decorators included."""
        if isinstance(node, cst.FunctionDef | cst.ClassDef) and node.decorators:
            return self.span(node.decorators[0])[0]
        return self.span(node)[0]

    def contains(self, outer: cst.CSTNode, inner: cst.CSTNode) -> bool:
        """Whether one node stands inside another, or is it."""
        return any(each is outer for each in (inner, *self.ancestors(inner)))

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes around a node, innermost first; the module is last."""
        parent = self.parents.get(node)
        while parent is not None:
            yield parent
            parent = self.parents.get(parent)

    def enclosing(self, node: cst.CSTNode, kind: type[Node]) -> Node | None:
        """The innermost node of a kind around this one."""
        return next((each for each in self.ancestors(node) if isinstance(each, kind)), None)

    def function_around(self, node: cst.CSTNode) -> FunctionNode | None:
        """The function that executes a node; its decorators and defaults run outside of it."""
        inner = node
        for outer in self.ancestors(node):
            if isinstance(outer, cst.FunctionDef | cst.Lambda) and inner is outer.body:
                return outer
            inner = outer
        return None

    def runs_in_coroutine(self, node: cst.CSTNode) -> bool:
        """Whether `await` may stand in the place of this node."""
        inner = node
        for outer in self.ancestors(node):
            if isinstance(outer, cst.GeneratorExp | cst.Lambda):
                return False
            if isinstance(outer, cst.FunctionDef) and inner is outer.body:
                return outer.asynchronous is not None
            inner = outer
        return False

    def top_level(self, node: cst.CSTNode) -> cst.CSTNode:
        """The statement of the module that a node is part of."""
        found = node
        for each in self.ancestors(node):
            if isinstance(each, cst.Module):
                return found
            found = each
        raise Unfixable("the place is not inside a statement")

    def locate(
        self, finding: Finding, kind: type[Node], accept: Callable[[Node], bool] = lambda _: True
    ) -> Node:
        """The node of a kind that a finding is about; see `find`."""
        found = self.find(finding, lambda node: isinstance(node, kind) and accept(node))
        assert isinstance(found, kind)
        return found

    def find(self, finding: Finding, accept: Callable[[cst.CSTNode], bool]) -> cst.CSTNode:
        """The acceptable node that a finding is about.

        In this order: what covers exactly the finding's range, what starts where it starts, what
        lies inside it, the innermost around it, the first that starts on its line. Raises
        Unfixable when there is none.
        """
        best: tuple[int, int, int] | None = None
        for start, end in self._ranges(finding):
            for order, node in enumerate(self.nodes):
                if accept(node):
                    first, last = self.span(node)
                    rank = _rank((first, last), (start, end), self._line(first) == finding.line)
                    key = (rank, last - first if rank == 3 else first, order)
                    if rank < 5 and (best is None or key < best):
                        best = key
        if best is None:
            raise Unfixable("the code is not what the rule saw")
        return self.nodes[best[2]]

    def _ranges(self, finding: Finding) -> set[tuple[int, int]]:
        """The range of a finding, its columns counting characters, and counting UTF-8 bytes."""
        ends = ((finding.line, finding.column - 1), (finding.end_line, finding.end_column - 1))
        in_characters, in_bytes = [], []
        for line, column in ends:
            start = self.offset(line, 0)
            before = self.text[start : start + column].encode("utf-8", "surrogatepass")[:column]
            in_characters.append(start + column)
            in_bytes.append(start + len(before.decode("utf-8", "ignore")))
        return {(in_characters[0], in_characters[1]), (in_bytes[0], in_bytes[1])}

    def qualified(self, node: cst.CSTNode) -> frozenset[str]:
        """The dotted names that a name or attribute means through imports and builtins.

        Builtins come without a prefix; what this module binds itself has no entry, and neither has
        what is read from the result of a call.
        """
        scope = self.scope_of(node)
        if scope is None or not _is_dotted(node):
            return frozenset()
        try:
            found = scope.get_qualified_names_for(node)
        except Exception:  # The library trips over some rare targets; such a name means nothing.
            return frozenset()
        return frozenset(
            each.name.removeprefix("builtins.")
            for each in found
            if each.source is not QualifiedNameSource.LOCAL
        )

    @staticmethod
    def meaning(finding: Finding) -> str:
        """The dotted name of what a finding says is called, "" when it has no chain."""
        return finding.chain[-1].what if finding.chain else ""

    def called(self, finding: Finding, call: cst.Call) -> frozenset[str]:
        """What a call calls: what the analysis says of the finding's own call, else `qualified`."""
        meaning = self.meaning(finding)
        if meaning and self.span(call) in self._ranges(finding):
            return frozenset({meaning.removeprefix("builtins.")})
        return self.qualified(call.func)

    def scope_of(self, node: cst.CSTNode) -> Scope | None:
        """The scope a node is evaluated in."""
        for each in (node, *self.ancestors(node)):
            scope = self.scopes.get(each)
            if scope is not None:
                return scope
        return None

    def indentation_of(self, node: cst.CSTNode) -> str:
        """The blanks before the line on which a node starts."""
        first = self.line_starts[self._line(self.span(node)[0]) - 1]
        rest = self.text[first:]
        return rest[: len(rest) - len(rest.lstrip(" \t\f"))]

    def _line(self, offset: int) -> int:
        low, high = 0, len(self.line_starts)
        while high - low > 1:
            middle = (low + high) // 2
            if self.line_starts[middle] <= offset:
                low = middle
            else:
                high = middle
        return low + 1

    def line_start(self, offset: int) -> int:
        """The offset at which the line that holds `offset` starts."""
        return self.line_starts[self._line(offset) - 1]

    def embed(self, node: cst.CSTNode, text: str) -> str:
        """`text` as it must be written in place of `node`."""
        parent = self.parents.get(node)
        postfix = isinstance(parent, _POSTFIX) and not isinstance(node, cst.Arg)
        if text.startswith("await ") and postfix and not getattr(node, "lpar", ()):
            return f"({text})"
        return text


@lru_cache(maxsize=1)
def open_draft(text: str) -> Draft:
    """Parse a file for rewriting; the last one is kept, as several fixes are tried on each text.

    Raises Unfixable when it cannot be parsed.
    """
    try:
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
        positions = wrapper.resolve(PositionProvider)
        scopes = wrapper.resolve(ScopeProvider)
    except (cst.ParserSyntaxError, cst.CSTValidationError, RecursionError) as failure:
        raise Unfixable("the file cannot be parsed for rewriting") from failure
    collected = _Collector(positions)
    wrapper.module.visit(collected)
    return Draft(
        text=text,
        tree=wrapper.module,
        positions=positions,
        parents=collected.parents,
        scopes=scopes,
        line_starts=(0, *(match.end() for match in _LINE.finditer(text))),
        nodes=tuple(collected.nodes),
    )


class _Collector(cst.CSTVisitor):
    """Lists the nodes that have a place, outer before inner, and what each stands in."""

    def __init__(self, positions: Mapping[cst.CSTNode, CodeRange]) -> None:
        super().__init__()
        self.positions = positions
        self.nodes: list[cst.CSTNode] = []
        self.parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self.open: list[cst.CSTNode] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if self.open:
            self.parents[node] = self.open[-1]
        self.open.append(node)
        if node in self.positions:
            self.nodes.append(node)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        self.open.pop()


def _is_dotted(node: cst.CSTNode) -> bool:
    while isinstance(node, cst.Attribute):
        node = node.value
    return isinstance(node, cst.Name)


def _rank(node: tuple[int, int], finding: tuple[int, int], same_line: bool) -> int:
    """How well a node's range fits a finding's; 5 when it does not at all."""
    if node == finding:
        return 0
    if node[0] == finding[0]:
        return 1
    if finding[0] <= node[0] and node[1] <= finding[1]:
        return 2
    if node[0] <= finding[0] and finding[1] <= node[1]:
        return 3
    return 4 if same_line else 5
