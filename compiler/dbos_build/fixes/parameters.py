"""What an expression needs from the function around it, when it moves out of that function.

In: a draft and an expression. Out: a `Move`: the text of the expression in its new place, the
parameters it takes there and the arguments to call it with. Never does: let a call that might be a
durable operation move along; such a call becomes an argument, so that it still happens outside.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import Assignment, BaseAssignment, GlobalScope, ImportAssignment

from dbos_build.fixes.change import Edit, Unfixable, apply
from dbos_build.fixes.draft import Draft
from dbos_build.fixes.names import dotted, fresh

_EVALUATED_OUTSIDE = (cst.Await, cst.Yield, cst.NamedExpr)
_RECEIVERS = frozenset({"Path", "PurePath", "PosixPath", "str", "bytes"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the new function: its name, its annotation or "", and what is passed."""

    name: str
    annotation: str
    argument: str


@dataclass(frozen=True, slots=True)
class Move:
    """An expression ready to stand in a function of its own.

    `text` is the expression there; `imports` are statements that the old function made itself.
    """

    text: str
    parameters: tuple[Parameter, ...]
    imports: tuple[str, ...]


def move(draft: Draft, expression: cst.BaseExpression, *, receiver: str | None = None) -> Move:
    """Work out how an expression moves to a function of its own.

    `receiver` is given when the object whose method is called is plain data, such as a path; it is
    the annotation of such a parameter, or "". Raises Unfixable when the expression needs something
    that cannot be an argument of a step.
    """
    found = _Survey(draft, (expression,), receiver)
    found.visit(expression, spine=True)
    return found.result()


def move_whole(
    draft: Draft,
    moving: Sequence[cst.CSTNode],
    own: frozenset[str],
    *,
    receiver: str | None = None,
) -> Move:
    """Work out how statements that follow on each other, or an expression, move with all in them.

    `own` are the names that only what moves binds, `receiver` is as for `move`. No call becomes an
    argument: the caller must know that none is durable. Raises Unfixable as `move` does.
    """
    found = _Survey(draft, moving, receiver, own, hoists=False)
    for each in moving:
        found.visit(each)
    return found.result()


class _Survey:
    """One walk over what moves, collecting parameters, imports and replacements."""

    def __init__(
        self,
        draft: Draft,
        moving: Sequence[cst.CSTNode],
        receiver: str | None,
        own: frozenset[str] = frozenset(),
        *,
        hoists: bool = True,
    ) -> None:
        self.draft = draft
        self.moving = moving
        self.receiver = receiver
        self.own = own
        self.hoists = hoists
        self.names = frozenset(name for each in moving for name in _names_in(draft, each))
        self.parameters: dict[str, Parameter] = {}
        self.imports: dict[str, None] = {}
        self.edits: list[Edit] = []

    def result(self) -> Move:
        """What the walk found."""
        start, end = self.draft.start_of(self.moving[0]), self.draft.span(self.moving[-1])[1]
        inner = [Edit(each.start - start, each.end - start, each.text) for each in self.edits]
        return Move(
            text=apply(self.draft.text[start:end], inner),
            parameters=tuple(self.parameters.values()),
            imports=tuple(self.imports),
        )

    def visit(self, node: cst.CSTNode, *, spine: bool = False) -> None:
        """Visit what is evaluated in a node; on the spine, the flagged call is called on it."""
        if isinstance(node, cst.Await) and spine:
            self.visit(node.expression, spine=True)
        elif isinstance(node, cst.Call):
            self.visit(node.func, spine=True)
            for argument in node.args:
                self._visit_argument(argument)
        elif isinstance(node, cst.Attribute):
            self._visit_attribute(node, spine)
        elif isinstance(node, cst.Name):
            self._visit_name(node, spine)
        elif isinstance(node, _EVALUATED_OUTSIDE) and self.hoists:
            raise Unfixable("it awaits, yields or assigns inside the expression")
        elif isinstance(node, cst.Annotation | cst.Param):
            for child in node.children:
                if child is not getattr(node, "name", None):
                    self.visit(child)
        else:
            for child in node.children:
                self.visit(child)

    def _visit_argument(self, argument: cst.Arg) -> None:
        if not self._must_stay(argument.value):
            self.visit(argument.value)
            return
        if argument.keyword is not None:
            wanted = argument.keyword.value
        else:
            wanted = _last_word(argument.value) or "argument"
        self._pass(argument.value, wanted)

    def _visit_attribute(self, node: cst.Attribute, spine: bool) -> None:
        root: cst.BaseExpression = node
        while isinstance(root, cst.Attribute):
            root = root.value
        local = isinstance(root, cst.Name) and self._is_local(root)
        if local and not spine:
            self._pass(node, node.attr.value)
        elif local and self.receiver is not None and isinstance(node.value, cst.Attribute):
            self._pass(node.value, node.value.attr.value, self.receiver)
        else:
            self.visit(node.value, spine=spine)

    def _visit_name(self, node: cst.Name, spine: bool) -> None:
        if not self._is_local(node):
            return
        assignments = self._assignments(node)
        local_import = next(
            (each for each in assignments if isinstance(each, ImportAssignment)), None
        )
        if local_import is not None:
            self.imports[self.draft.code(local_import.node)] = None
            return
        if any(isinstance(_node_of(each), cst.FunctionDef | cst.ClassDef) for each in assignments):
            raise Unfixable(f"it uses `{node.value}`, which is defined inside the function")
        annotation = self._annotation(assignments)
        if node.value in ("self", "cls", "super", "__class__"):
            raise Unfixable(f"it needs `{node.value}`, which a step at module level does not have")
        if spine and not self._may_be_receiver(annotation, assignments):
            raise Unfixable(f"it needs `{node.value}`, an object of the function around it")
        known = Parameter(
            node.value, annotation or (self.receiver or "" if spine else ""), node.value
        )
        self.parameters.setdefault(node.value, known)

    def _pass(self, value: cst.BaseExpression, wanted: str, annotation: str = "") -> None:
        """Make a value an argument, and the place where it stood a parameter."""
        text = self.draft.code(value)
        for known in self.parameters.values():
            if known.argument == text:
                name = known.name
                break
        else:
            name = fresh(wanted, self.names.union(self.parameters))
            self.parameters[name] = Parameter(name, annotation, text)
        start, end = self.draft.span(value)
        self.edits.append(Edit(start, end, name))

    def _must_stay(self, value: cst.BaseExpression) -> bool:
        """Whether evaluating a value might do something durable."""
        if not self.hoists:
            return False
        for node in walk(value):
            if isinstance(node, _EVALUATED_OUTSIDE):
                return True
            if isinstance(node, cst.Call) and not is_harmless(self.draft, node.func):
                return True
        return False

    def _is_local(self, name: cst.Name) -> bool:
        """Whether a name belongs to a function around what moves."""
        if name.value in self.own:
            return False
        assignments = self._assignments(name)
        if assignments:
            return not any(isinstance(each.scope, GlobalScope) for each in assignments) and not any(
                type(each.scope).__name__ == "BuiltinScope" for each in assignments
            )
        return name.value in _captures(self.draft, self.moving[0])

    def _assignments(self, name: cst.Name) -> list[BaseAssignment]:
        """What binds a name, unless what moves itself does (a lambda, a comprehension)."""
        scope = self.draft.scope_of(name)
        if scope is None:
            return []
        found = list(scope[name.value])
        inside = [
            each
            for each in found
            if any(
                self.draft.contains(part, getattr(each.scope, "node", self.draft.tree))
                for part in self.moving
            )
        ]
        return [] if inside else found

    def _annotation(self, assignments: list[BaseAssignment]) -> str:
        for each in assignments:
            node = _node_of(each)
            holder = node if isinstance(node, cst.Param) else self.draft.parents.get(node)
            function = self.draft.enclosing(node, cst.FunctionDef)
            generic = function is not None and function.type_parameters is not None
            if (
                isinstance(holder, cst.Param)
                and holder.annotation
                and not generic
                and not holder.star
            ):
                return self.draft.code(holder.annotation.annotation)
        return ""

    def _may_be_receiver(self, annotation: str, assignments: list[BaseAssignment]) -> bool:
        if self.receiver is not None:
            return True
        if annotation:
            return annotation.rpartition(".")[2] in _RECEIVERS
        for each in assignments:
            statement = self.draft.enclosing(_node_of(each), cst.Assign)
            value = statement.value if statement else None
            if not isinstance(value, cst.Call):
                return False
            made = {name.rpartition(".")[2] for name in self.draft.qualified(value.func)}
            if not made or not made <= _RECEIVERS:
                return False
        return bool(assignments)


def is_harmless(draft: Draft, function: cst.BaseExpression) -> bool:
    """Whether what is called is surely not durable: a builtin or part of the standard library."""
    found = draft.qualified(function)
    return bool(found) and all(
        name.partition(".")[0] in sys.stdlib_module_names or "." not in name for name in found
    )


def _node_of(assignment: BaseAssignment) -> cst.CSTNode:
    return assignment.node if isinstance(assignment, Assignment) else cst.Pass()


def _names_in(draft: Draft, moving: cst.CSTNode) -> Iterator[str]:
    """The names that are evaluated; attributes and keywords are no such names."""
    for node in walk(moving):
        parent = draft.parents.get(node)
        attribute = isinstance(parent, cst.Attribute) and parent.attr is node
        keyword = isinstance(parent, cst.Arg) and parent.keyword is node
        if isinstance(node, cst.Name) and not attribute and not keyword:
            yield node.value


def _captures(draft: Draft, node: cst.CSTNode) -> frozenset[str]:
    """Names that `match` patterns of the functions around a node bind."""
    found: set[str] = set()
    for outer in draft.ancestors(node):
        if isinstance(outer, cst.FunctionDef):
            for each in walk(outer):
                if isinstance(each, cst.MatchAs | cst.MatchStar) and each.name:
                    found.add(each.name.value)
                elif isinstance(each, cst.MatchMapping) and each.rest:
                    found.add(each.rest.value)
    return frozenset(found)


def _last_word(value: cst.BaseExpression) -> str:
    node = value
    while isinstance(node, cst.Await):
        node = node.expression
    if isinstance(node, cst.Call):
        node = node.func
    return dotted(node).rpartition(".")[2].lower()


def walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """A node and everything inside it."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        yield each
        waiting += each.children
