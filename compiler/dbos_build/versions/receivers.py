"""The class of the object that an attribute is read from, as far as one function's text tells.

In: an expression and its scope. Out: the class of the project, if it is known, and whether it may
be one of the project at all.
Never: looks into other functions, or at annotations, which may change without changing a replay;
what it cannot tell may be any class.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from dbos_build.names.forms import Key, Owner, Resolver, dotted_parts
from dbos_build.names.scopes import Scope

_DISPLAYS = (ast.List, ast.Tuple, ast.Dict, ast.Set)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_CONTAINERS = (*_DISPLAYS, *_COMPREHENSIONS)
_BUILTIN_VALUES = (*_CONTAINERS, ast.Constant, ast.JoinedStr, ast.Lambda, ast.Compare)


@dataclass(frozen=True, slots=True)
class Receivers:
    """Tells the classes of objects inside one function; `owner` is the class around it."""

    resolver: Resolver
    owner: Owner

    def of(self, node: ast.expr, scope: Scope) -> tuple[Key | None, bool]:
        """The class of an object, if known, and whether it may be one of the project at all."""
        if isinstance(node, _BUILTIN_VALUES):
            return None, False
        if isinstance(node, ast.Await):
            return None, True
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id == "super":
                return self.owner.key, True
            return self.class_of(node.func, scope), True
        return None, True

    def of_local(self, name: str, binder: Scope) -> tuple[Key | None, bool]:
        """The same for a local variable or parameter."""
        is_outermost = binder.parent is not None and binder.parent.parent is None
        if name == self.owner.receiver and is_outermost and not binder.stores.get(name):
            return self.owner.key, True
        values = binder.plain_values(name)
        if values and all(isinstance(value, _BUILTIN_VALUES) for value in values):
            return None, False
        if len(values) == 1 and isinstance(values[0], ast.Call):
            return self.class_of(values[0].func, binder), True
        return None, True

    def class_of(self, node: ast.expr, scope: Scope) -> Key | None:
        """The class of the project that an expression names, if it does."""
        parts = dotted_parts(node)
        if parts is None:
            return None
        binder = scope.find(parts[0])
        if binder is not None and parts[0] not in binder.imported:
            return None
        origin = binder.imported[parts[0]][0] if binder is not None else None
        meaning = self.resolver.meaning(parts, origin)
        return meaning.inner if meaning.used == len(parts) else None

    def may_be_ours(self, node: ast.expr, scope: Scope) -> bool:
        """Whether an operand may be an object of a class that the code around does not mention.

        What is named at module level, or made here by naming its class, refers to the class anyway.
        A container hands many operations on to what it holds: `[a] == [b]` compares a with b.
        """
        if isinstance(node, _COMPREHENSIONS):
            return True
        if isinstance(node, _DISPLAYS):
            held = (each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr))
            return any(self.may_be_ours(each, scope) for each in held)
        if isinstance(node, ast.Name):
            binder = scope.find(node.id)
            if binder is None or node.id in binder.imported:
                return False
            if any(isinstance(each, _CONTAINERS) for each in binder.plain_values(node.id)):
                return True
            receiver, is_open = self.of_local(node.id, binder)
        else:
            receiver, is_open = self.of(node, scope)
        return is_open and receiver is None
