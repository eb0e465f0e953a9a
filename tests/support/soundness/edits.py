"""Random edits of a program: what people do to a workflow between two deployments, and slips.

In: the tree of a program and a source of chance. Out: another program, and how it was made. Some
edits mean to keep the meaning, most do not; nobody relies on either, the programs are run.
Never: touches the declarations of the steps; an edit that changes nothing counts as none.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from random import Random

from support.soundness import expression_edits as expressions
from support.soundness import statement_edits as statements

Edit = Callable[[ast.Module, Random], bool]
"""Changes a tree in place; says whether there was anything to change."""


def edited(text: str, chance: Random) -> tuple[str, str]:
    """Another program, and the names of the edits; both empty when nothing came of it."""
    tree = ast.parse(text)
    before = ast.unparse(tree)
    names = []
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        for _ in range(8):
            edit = chance.choice(EDITS)
            if edit(tree, chance):
                names.append(edit.__name__)
                break
    after = ast.unparse(ast.fix_missing_locations(tree))
    if after == before or not is_python(after):
        return "", ""
    return after + "\n", "+".join(names)


def is_python(text: str) -> bool:
    """Whether a text can be compiled: edits may leave an `await` where none may stand."""
    try:
        compile(text, "<edited>", "exec")
    except SyntaxError:
        return False
    return True


EDITS: Sequence[Edit] = (
    *(
        statements.delete,
        statements.delete,
        statements.duplicate,
        statements.exchange,
        statements.exchange,
        statements.exchange,
        statements.move,
        statements.move,
        statements.into_neighbour,
    ),
    *(
        statements.into_neighbour,
        statements.unwrap,
        statements.wrap,
        statements.wrap,
        statements.insert,
        statements.insert,
        statements.replace_value,
        statements.branches,
        statements.as_guard,
    ),
    *(
        statements.jumps,
        statements.handlers,
        statements.handlers,
        expressions.constants,
        expressions.names,
        expressions.names,
        expressions.operators,
        expressions.operators,
        expressions.negate,
        expressions.choices,
    ),
    *(
        expressions.arguments,
        expressions.copies,
        expressions.copies,
        statements.in_place,
        statements.in_place,
        statements.extract,
        statements.extract,
        statements.inline,
        statements.inline,
        expressions.renamed,
    ),
    *(
        expressions.comprehensions,
        expressions.defaults,
        statements.as_helper,
        statements.as_helper,
        expressions.stepped,
    ),
)
