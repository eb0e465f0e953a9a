"""Rewriting one module of the original's 2.x or 3.x for this runtime.

In: the text of a module, and what the runtime offers. Out: the new text, what was rewritten where,
and what has no counterpart. Never: touches a line that runs as it is, or drops what has a meaning.

What is rewritten: imports from the original's private modules, to where the names are public here;
`DBOS._recover_pending_workflows()` and `GlobalParams.app_version = …`, which tests use, to
`dbos.testing`; and keywords of `DBOS` that say something which always holds here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import libcst as cst
from libcst import matchers
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import AddImportsVisitor
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider

from dbos_build.reading.naming import imported_names
from dbos_build.upgrading.surface import Surface

NEEDLESS: Mapping[str, str] = MappingProxyType(
    {
        "auto_upgrade": "work is taken over by proven builds: set `take_over` in the configuration",
        "serialization_type": "values are always stored in one portable form",
    }
)
"""Keywords of `DBOS` without a meaning here, and why they can go."""
_PARAMETERS = "GlobalParams"
_SETTERS = MappingProxyType({"app_version": "set_app_version", "executor_id": "set_executor_id"})
_TESTING = "dbos.testing"
_RECOVER = ("_recover_pending_workflows", "recover_pending_workflows")


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """A line, counted from 1 in the old text, and what was done there or has to be."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A module afterwards: its text, what was done, and what is left to do by hand."""

    text: str
    done: tuple[Note, ...] = ()
    left: tuple[Note, ...] = ()


def rewrite(text: str, surface: Surface) -> Rewritten:
    """Rewrite one module; the same text when nothing has to be."""
    if not any(_is_ours(name) for name in imported_names(text)):
        return Rewritten(text)
    try:
        tree = cst.parse_module(text)
    except (cst.ParserSyntaxError, RecursionError) as failure:
        line = getattr(failure, "raw_line", 1)
        return Rewritten(text, left=(Note(line, "cannot be parsed; nothing was rewritten"),))
    probe = _Probe(CodemodContext(), surface)
    tree.visit(probe)
    if not probe.done and not probe.left:
        return Rewritten(text)
    wrapper = MetadataWrapper(tree, unsafe_skip_copy=True)
    context = CodemodContext(wrapper=wrapper)
    upgrade = _Upgrade(context, surface)
    changed = wrapper.visit(upgrade)
    if upgrade.needs_import:
        changed = AddImportsVisitor(context).transform_module(changed)
    # A node that is visited twice says the same thing twice.
    done, left = sorted(set(upgrade.done)), sorted(set(upgrade.left))
    return Rewritten(changed.code if done else text, tuple(done), tuple(left))


@dataclass(slots=True)
class _Names:
    """What a module calls `DBOS`, the package and the parameters of a process."""

    verbs: set[str] = field(default_factory=set)
    package: set[str] = field(default_factory=set)
    parameters: set[str] = field(default_factory=set)


class _Upgrade(cst.CSTTransformer):
    METADATA_DEPENDENCIES = (PositionProvider, ParentNodeProvider)

    def __init__(self, context: CodemodContext, surface: Surface) -> None:
        super().__init__()
        self.context = context
        self.surface = surface
        self.names = _Names()
        self.done: list[Note] = []
        self.left: list[Note] = []
        self.needs_import = False
        self.has_other_uses = False

    def visit_Module(self, node: cst.Module) -> None:
        """Whether the parameters of a process are used in a way that has no counterpart."""
        mentions = len(matchers.findall(node, matchers.Name(_PARAMETERS)))
        attribute = matchers.Attribute(matchers.Name(_PARAMETERS), _one_of(_SETTERS))
        targets = [matchers.AssignTarget(attribute)]
        line = matchers.SimpleStatementLine([matchers.Assign(targets)])
        imported = matchers.findall(node, matchers.ImportAlias(matchers.Name(_PARAMETERS), None))
        replaced = len(matchers.findall(node, line)) + len(imported)
        self.has_other_uses = mentions != replaced

    # ------------------------------------------------------------------ imports

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        """Learn names, before anything that uses them."""
        module = _dotted(node.module)
        if node.relative or isinstance(node.names, cst.ImportStar) or not _is_ours(module):
            return False
        for alias in node.names:
            name, bound = alias.evaluated_name, alias.evaluated_alias or alias.evaluated_name
            if name == "DBOS":
                self.names.verbs.add(bound)
            elif name == _PARAMETERS:
                self.names.parameters.add(bound)
            elif not _is_private(module) and name not in self.surface.modules.get(module, {name}):
                self._leave(node, f"`{module}.{name}` has no counterpart here")
        return False

    def visit_Import(self, node: cst.Import) -> bool:
        """`import dbos`, and private modules by their own name."""
        for alias in node.names:
            name = alias.evaluated_name
            if name == "dbos":
                self.names.package.add(alias.evaluated_alias or name)
            elif _is_private(name):
                self._leave(node, f"`{name}` is private: import what you need from dbos")
        return False

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.FlattenSentinel[cst.SimpleStatementLine]:
        """Imports from private modules, and assignments to the parameters of a process."""
        first = original_node.body[0]
        if isinstance(first, cst.ImportFrom) and _is_private(_dotted(first.module)):
            return self._public(original_node, updated_node, first)
        if isinstance(first, cst.Assign) and len(original_node.body) == 1:
            return self._set(first, updated_node)
        return updated_node

    def _public(
        self,
        original: cst.SimpleStatementLine,
        updated: cst.SimpleStatementLine,
        node: cst.ImportFrom,
    ) -> cst.SimpleStatementLine | cst.FlattenSentinel[cst.SimpleStatementLine]:
        """An import from a private module as imports from public ones."""
        module = _dotted(node.module)
        if isinstance(node.names, cst.ImportStar) or len(original.body) > 1 or node.relative:
            self._leave(node, f"import what you need of `{module}` from dbos")
            return updated
        homes: dict[str, list[cst.ImportAlias]] = {}
        for alias in node.names:
            name = alias.evaluated_name
            if name == _PARAMETERS and not self.has_other_uses:
                continue  # Its uses are rewritten, and import what they need.
            home = self.surface.home(name)
            if home is None:
                self._leave(node, f"`{module}.{name}` has no counterpart here")
                home = module
            homes.setdefault(home, []).append(alias)
        if set(homes) == {module}:
            return updated
        if len(homes) == 1 and len(next(iter(homes.values()))) == len(node.names):
            self._do(node, f"import from {next(iter(homes))} in place of {module}")
            moved = updated.body[0].with_changes(module=_module(next(iter(homes))))
            return updated.with_changes(body=[moved])
        lines = [_import(home, aliases) for home, aliases in sorted(homes.items())]
        for home in homes.keys() - {module}:
            self._do(node, f"import from {home} in place of {module}")
        if not lines:
            self._do(node, f"the import from {module} is gone")
            if self._is_at_top(original):
                return cst.FlattenSentinel([])
            return updated.with_changes(body=[cst.Pass()])
        first = lines[0].with_changes(leading_lines=updated.leading_lines)
        last = lines[-1] if len(lines) > 1 else first
        last = last.with_changes(trailing_whitespace=updated.trailing_whitespace)
        return cst.FlattenSentinel([*([first, *lines[1:-1]] if len(lines) > 1 else []), last])

    def _set(self, node: cst.Assign, updated: cst.SimpleStatementLine) -> cst.SimpleStatementLine:
        """`GlobalParams.app_version = …` as a call of `dbos.testing`."""
        target = node.targets[0].target
        if (
            self.has_other_uses
            or len(node.targets) > 1
            or not isinstance(target, cst.Attribute)
            or not isinstance(target.value, cst.Name)
            or target.value.value not in self.names.parameters
            or target.attr.value not in _SETTERS
        ):
            return updated
        setter = _SETTERS[target.attr.value]
        self._import(setter)
        self._do(node, f"`{setter}()` of {_TESTING} in place of {_PARAMETERS}")
        statement = updated.body[0]
        assert isinstance(statement, cst.Assign)
        call = cst.Call(cst.Name(setter), [cst.Arg(statement.value)])
        return updated.with_changes(body=[cst.Expr(call)])

    # ------------------------------------------------------------------ uses

    def leave_Attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        """Verbs of `DBOS`, and names of the package."""
        name = original_node.attr.value
        if self._is_verbs(original_node.value):
            if name == _RECOVER[0] and name not in self.surface.verbs:
                self._import(_RECOVER[1])
                self._do(original_node, f"`{_RECOVER[1]}` of {_TESTING} in place of {name}")
                return cst.Name(_RECOVER[1])
            if name not in self.surface.verbs:
                self._leave(original_node, f"`DBOS.{name}` has no counterpart here")
        elif self._is_package(original_node.value) and name not in self.surface.modules["dbos"]:
            self._leave(original_node, f"`dbos.{name}` has no counterpart here")
        return updated_node

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        """Keywords that verbs of `DBOS` do not take."""
        function = original_node.func
        if not isinstance(function, cst.Attribute) or not self._is_verbs(function.value):
            return updated_node
        verb = function.attr.value
        known = self.surface.verbs.get(verb)
        if known is None:
            return updated_node
        unknown = {
            argument.keyword.value
            for argument in original_node.args
            if argument.keyword is not None and argument.keyword.value not in known
        }
        for name in sorted(unknown - NEEDLESS.keys()):
            self._leave(original_node, f"`DBOS.{verb}` takes no `{name}` here")
        needless = sorted(unknown & NEEDLESS.keys())
        for name in needless:
            self._do(original_node, f"`{name}` is gone: {NEEDLESS[name]}")
        return _without(updated_node, needless) if needless else updated_node

    def _is_verbs(self, node: cst.BaseExpression) -> bool:
        if isinstance(node, cst.Name):
            return node.value in self.names.verbs
        if isinstance(node, cst.Attribute):
            return node.attr.value == "DBOS" and self._is_package(node.value)
        return False

    def _is_package(self, node: cst.BaseExpression) -> bool:
        return isinstance(node, cst.Name) and node.value in self.names.package

    def _import(self, name: str) -> None:
        self.needs_import = True
        AddImportsVisitor.add_needed_import(self.context, _TESTING, name)

    def _do(self, node: cst.CSTNode, what: str) -> None:
        self.done.append(Note(self._line(node), what))

    def _leave(self, node: cst.CSTNode, what: str) -> None:
        self.left.append(Note(self._line(node), what))

    def _line(self, node: cst.CSTNode) -> int:
        return self.get_metadata(PositionProvider, node).start.line

    def _is_at_top(self, node: cst.CSTNode) -> bool:
        return isinstance(self.get_metadata(ParentNodeProvider, node), cst.Module)


class _Probe(_Upgrade):
    """Finds out whether there is anything to say; places cost more than all the rest."""

    def _line(self, node: cst.CSTNode) -> int:
        return 0

    def _is_at_top(self, node: cst.CSTNode) -> bool:
        return True


def _import(module: str, aliases: Sequence[cst.ImportAlias]) -> cst.SimpleStatementLine:
    """`from module import a, b as c`."""
    last = len(aliases) - 1
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    names = [
        alias.with_changes(comma=cst.MaybeSentinel.DEFAULT if number == last else comma)
        for number, alias in enumerate(aliases)
    ]
    return cst.SimpleStatementLine([cst.ImportFrom(module=_module(module), names=names)])


def _module(name: str) -> cst.Attribute | cst.Name:
    parsed = cst.parse_expression(name)
    assert isinstance(parsed, cst.Attribute | cst.Name)
    return parsed


def _one_of(names: Mapping[str, str]) -> matchers.Name:
    return matchers.Name(matchers.MatchIfTrue(lambda value: value in names))


def _without(call: cst.Call, keywords: Sequence[str]) -> cst.Call:
    """A call without some keywords."""
    kept = [
        each for each in call.args if each.keyword is None or each.keyword.value not in keywords
    ]
    if kept:
        kept[-1] = kept[-1].with_changes(comma=call.args[-1].comma)
    return call.with_changes(args=kept)


def _dotted(node: cst.BaseExpression | None) -> str:
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    return ""


def _is_ours(module: str) -> bool:
    return module == "dbos" or module.startswith("dbos.")


def _is_private(module: str) -> bool:
    return module.startswith("dbos._")
