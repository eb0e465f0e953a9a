"""Showing: code as people read it in a picture or a trace, alike on every version of Python.

In: syntax. Out: one line of source, normalised: quotes, spaces and parentheses are ours.
Never: decides anything; what is compared are values.
"""

from __future__ import annotations

import ast
import copy


def one_line(node: ast.AST) -> str:
    """Return the source of a piece of syntax; f-strings always in double quotes."""
    if not any(isinstance(each, ast.JoinedStr) for each in ast.walk(node)):
        return ast.unparse(node)
    texts: dict[str, str] = {}
    plain = _WithoutTexts(texts).visit(copy.deepcopy(node))
    text = ast.unparse(plain)
    for name, replacement in texts.items():
        text = text.replace(name, replacement)
    return text


class _WithoutTexts(ast.NodeTransformer):
    """Puts a name in the place of each f-string, and keeps its text under that name.

    Versions of Python differ in how they quote an f-string that holds quotes.
    """

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        name = f"_text_{len(self.texts)}_of_many_"
        self.texts[name] = 'f"' + "".join(_part(each) for each in node.values) + '"'
        return ast.Name(name, ast.Load())


def _part(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        literal = str(node.value).replace("{", "{{").replace("}", "}}")
        return literal.replace("\n", "\\n")
    if not isinstance(node, ast.FormattedValue):
        return one_line(node)
    conversion = f"!{chr(node.conversion)}" if node.conversion > 0 else ""
    format_spec = ""
    if isinstance(node.format_spec, ast.JoinedStr):
        format_spec = ":" + "".join(_part(each) for each in node.format_spec.values)
    return "{" + one_line(node.value) + conversion + format_spec + "}"
