"""Folding: loops, comprehensions and branches without operations, as terms.

In: syntax that asks the runtime for nothing. Out: one term per variable that it assigns: a choice
for a branch, a fold for a loop. What a loop carries is named by its place, so that neither names of
variables nor the order of independent statements show.
Never: draws a node, except for comprehensions that hold operations.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from dbos_build.flow import members
from dbos_build.flow.blocks import Variable
from dbos_build.flow.showing import one_line
from dbos_build.flow.walk import CAUGHT, HEAP, Walk
from dbos_build.names.scopes import stored_names

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
BUDGET = 300
"""How many statements of a plain helper are evaluated before it counts as one term."""
_PLAIN = (
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.Expr,
    ast.If,
    ast.For,
    ast.While,
    ast.Pass,
    ast.Return,
    ast.Delete,
    ast.Nonlocal,
    ast.Global,
)
_JUMPS = (ast.Return, ast.Break, ast.Continue)


class TooLargeError(Exception):
    """A plain helper has too many ways through it to be spelled out as a term."""


def is_plain(walk: Walk, body: Sequence[ast.stmt], *, in_loop: bool = False) -> bool:
    """Whether statements can be evaluated without drawing anything."""
    activation = walk.frame.activation
    for statement in body:
        if not isinstance(statement, _PLAIN) or walk.reaching.acts(statement, activation):
            return False
        if in_loop and isinstance(statement, ast.Return):
            return False
        head: ast.AST
        inner: list[ast.stmt]
        match statement:
            case ast.For(iter=head) | ast.While(test=head):
                inner, is_looped = statement.body, True
                if statement.orelse:
                    return False
            case ast.If(test=head):
                inner, is_looped = [*statement.body, *statement.orelse], in_loop
            case _:
                head, inner, is_looped = statement, [], in_loop
        if walk.reaching.raises(head, activation) or not is_plain(walk, inner, in_loop=is_looped):
            return False
    return True


def jumps(body: Iterable[ast.stmt]) -> bool:
    """Whether some statement leaves the block early."""
    return any(isinstance(node, _JUMPS) for statement in body for node in ast.walk(statement))


def fork(walk: Walk, condition: int, yes: Callable[[], int], no: Callable[[], int]) -> int:
    """Evaluate two ways and go on with choices between what they leave; answers theirs.

    Nothing on either way may be drawn.
    """
    here = walk.here
    if here is None:  # nobody comes here
        return walk.choose(condition, yes(), no())
    before = dict(here.held)
    with _risking(walk, "when", condition):
        first = yes()
    after_yes = dict(here.held)
    here.held = dict(before)
    with _risking(walk, "unless", condition):
        second = no()
    after_no = dict(here.held)
    for variable in {**after_yes, **after_no}:
        if variable[1] == CAUGHT[1]:
            continue
        here.held = dict(before)
        one = after_yes.get(variable)
        one = walk.read(variable) if one is None else one
        other = after_no.get(variable)
        other = walk.read(variable) if other is None else other
        before[variable] = one if one == other else walk.choose(condition, one, other)
    here.held = before
    assert walk.here is here
    return first if first == second else walk.choose(condition, first, second)


@contextmanager
def _risking(walk: Walk, when: str, condition: int) -> Iterator[None]:
    """Note of what may fail in here on which way it stands."""
    noted, walk.risks = walk.risks, None if walk.risks is None else []
    walk.folds += 1
    try:
        yield
    finally:
        walk.folds -= 1
        found, walk.risks = walk.risks, noted
        for value in found or ():
            walk.risk(walk.terms.make(f"risk {when}", condition, value))


def tail(walk: Walk, body: Sequence[ast.stmt]) -> int:
    """What a plain function returns that goes on with these statements."""
    nothing = walk.terms.scalar("const:NoneType:None")
    for position, statement in enumerate(body):
        walk.budget = (walk.budget or 0) - 1
        if walk.budget < 0:
            raise TooLargeError
        if isinstance(statement, ast.Return):
            return nothing if statement.value is None else walk.value(statement.value)
        if isinstance(statement, ast.If) and jumps([statement]):
            return _divided(walk, statement, body[position + 1 :])
        walk.run([statement])
    return nothing


def _divided(walk: Walk, node: ast.If, rest: Sequence[ast.stmt]) -> int:
    """What a function returns that goes on with an `if` which may return."""
    condition = members.truth(walk, node.test, walk.now(walk.value(node.test)))
    return fork(
        walk,
        condition,
        lambda: tail(walk, [*node.body, *rest]),
        lambda: tail(walk, [*node.orelse, *rest]),
    )


def branch(walk: Walk, node: ast.If) -> None:
    """An `if` without operations."""
    condition = members.truth(walk, node.test, walk.now(walk.value(node.test)))

    def follow(body: Sequence[ast.stmt]) -> int:
        walk.run(body)
        return condition

    fork(walk, condition, lambda: follow(node.body), lambda: follow(node.orelse))


def loop(walk: Walk, node: ast.For | ast.While) -> None:
    """A loop without operations and without early exits."""
    names = dict.fromkeys(_assigned(node))
    variables: list[Variable] = [
        found for name in names if (found := walk.variable(name)) is not None
    ]
    inputs = []
    if isinstance(node, ast.For):
        inputs = [members.iterated(walk, node.iter, walk.now(walk.value(node.iter)))]

    def once(depth: int) -> list[int]:
        if isinstance(node, ast.For):
            walk.assign(node.target, walk.terms.make(f"each:{depth}"))
            walk.run(node.body)
            return []
        condition = members.truth(walk, node.test, walk.now(walk.value(node.test)))
        walk.run(node.body)
        return [condition]

    fold(walk, type(node).__name__, inputs, variables, once)


def _assigned(node: ast.AST) -> Iterable[str]:
    """The names that a loop assigns, or whose objects it changes, in the order of the text."""
    for each in ast.walk(node):
        match each:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                yield name
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))):
                yield name


def fold(
    walk: Walk,
    kind: str,
    inputs: Sequence[int],
    variables: Sequence[Variable],
    once: Callable[[int], list[int]],
) -> None:
    """Assign to each variable what it holds after all rounds; `once` evaluates one round."""
    assert walk.here is not None
    before, carried = dict(walk.here.held), list(variables)
    made = {value: list(places) for value, places in walk.made.items()}
    risked: Variable = (walk.frame.number, f"*risked{walk.fresh()}")
    begun = walk.terms.make("risks")
    while True:
        walk.write(risked, begun)
        _rounds(
            walk, kind, inputs, [*carried, risked], lambda depth: _risked(walk, risked, depth, once)
        )
        missed = _changed_besides(walk, before, [*carried, risked])
        if not missed:
            break
        walk.here.held = dict(before)
        walk.made = {value: list(places) for value, places in made.items()}
        carried += missed
    if walk.read(risked) != begun:
        walk.risk(walk.read(risked))


def _risked(
    walk: Walk, risked: Variable, depth: int, once: Callable[[int], list[int]]
) -> list[int]:
    """One round of a loop; what may fail in it is held by a variable of its own."""
    noted, walk.risks = walk.risks, None if walk.risks is None else []
    walk.folds += 1
    try:
        deciding = once(depth)
    finally:
        walk.folds -= 1
        found, walk.risks = walk.risks, noted
    if found:
        walk.write(risked, walk.terms.make("risks", walk.read(risked), *found))
    return deciding


def _changed_besides(
    walk: Walk, before: Mapping[Variable, int], carried: Sequence[Variable]
) -> list[Variable]:
    """The variables that a round assigned from inside a helper, and the state of all objects."""
    assert walk.here is not None
    numbers = {frame.number for frame in walk.frames} | {HEAP[0]}
    after = dict(walk.here.held)
    walk.here.held = dict(before)
    found = [
        variable
        for variable, value in after.items()
        if variable not in carried
        and variable[0] in numbers
        and variable != CAUGHT
        and not variable[1].startswith(("*grown", "*risked"))
        and walk.read(variable) not in (value, walk.terms.make("unbound"))
    ]
    walk.here.held = after
    return found


def _rounds(
    walk: Walk,
    kind: str,
    inputs: Sequence[int],
    variables: Sequence[Variable],
    once: Callable[[int], list[int]],
) -> None:
    depth = walk.binders
    begun = [walk.read(variable) for variable in variables]
    holes = [walk.terms.make(f"carried:{depth}:{k}") for k in range(len(variables))]
    for variable, hole in zip(variables, holes, strict=True):
        walk.write(variable, hole)
    walk.binders += 1
    try:
        deciding = once(depth)
    finally:
        walk.binders -= 1
    ended = [walk.read(variable) for variable in variables]
    for position, variable in enumerate(variables):
        if ended[position] == holes[position]:
            walk.write(variable, begun[position])
            continue
        order = _needed(walk, position, holes, ended, deciding)
        exchange = {holes[k]: holes[place] for place, k in enumerate(order)}
        parts = [
            *inputs,
            *(begun[k] for k in order),
            *(walk.terms.replaced(term, exchange) for term in deciding),
            *(walk.terms.replaced(ended[k], exchange) for k in order),
        ]
        value = walk.terms.make(f"fold:{kind}:{len(order)}", *parts)
        walk.write(variable, walk.risk(value))


def _needed(
    walk: Walk, first: int, holes: Sequence[int], ended: Sequence[int], deciding: Sequence[int]
) -> list[int]:
    """The carried variables that one of them depends on: itself, then in the order of use."""
    wanted = frozenset(holes)
    order = [first]
    pending = [*deciding, ended[first]]
    while pending:
        for hole in walk.terms.mentions(pending.pop(0), wanted):
            position = holes.index(hole)
            if position not in order:
                order.append(position)
                pending.append(ended[position])
    return order


def abstracted(
    walk: Walk, names: Sequence[str], body: ast.expr, form: str, defaults: Sequence[int]
) -> int:
    """A lambda as a value: its body over its parameters, their form and their defaults."""
    assert walk.here is not None
    scope = {
        name: walk.terms.make(f"bound:{walk.binders}:{place}") for place, name in enumerate(names)
    }
    before = dict(walk.here.held)
    noted, walk.risks = walk.risks, None  # nothing of it runs here
    walk.binders += 1
    walk.frame.inner.append(scope)
    try:
        value = walk.now(walk.value(body))
    finally:
        walk.risks = noted
        walk.binders -= 1
        walk.frame.inner.pop()
        walk.here.held = before
    return walk.terms.make(f"lambda:{len(names)} {form}", value, *defaults)


def comprehension(walk: Walk, node: Comprehension) -> int:
    """A comprehension: a container that grows by one element in each round."""
    heads = {ast.ListComp: "list", ast.SetComp: "set", ast.DictComp: "dict"}
    grown: Variable = (walk.frame.number, f"*grown{walk.fresh()}")
    walk.write(grown, walk.terms.make(heads.get(type(node), "list")))
    is_drawn = walk.reaching.acts(node, walk.frame.activation)
    depth = len(walk.frame.inner)
    try:
        _generators(walk, node, grown, 0, is_drawn=is_drawn)
    finally:
        del walk.frame.inner[depth:]
    value = walk.read(grown)
    if isinstance(node, ast.GeneratorExp):
        value = walk.terms.make("lazy", value)
    if not is_drawn and not walk.binders and walk.reaching.raises(node, walk.frame.activation):
        walk.check(node, value, f"{one_line(node)} fails")
    return value


def _generators(
    walk: Walk, node: Comprehension, grown: Variable, position: int, *, is_drawn: bool
) -> None:
    """One `for … in … if …` of a comprehension, and what follows it."""
    if position == len(node.generators):
        walk.write(grown, _grow(walk, node, walk.read(grown)))
        return
    generator = node.generators[position]
    inputs = members.iterated(walk, generator.iter, walk.now(walk.value(generator.iter)))
    names = list(stored_names(generator.target))
    scope: dict[str, int] = {}
    walk.frame.inner.append(scope)

    def rest() -> None:
        _generators(walk, node, grown, position + 1, is_drawn=is_drawn)

    def once(depth: int) -> list[int]:
        scope.update(_parts(walk, generator.target, names, walk.terms.make(f"each:{depth}")))
        _filtered(walk, generator.ifs, rest)
        return []

    def round_of(element: int) -> None:
        scope.update(_parts(walk, generator.target, names, element))
        walk.guarded(generator.ifs, rest)

    if is_drawn:
        walk.each(generator.iter, inputs, round_of)
    else:
        fold(walk, "For", [inputs], [grown], once)


def _filtered(walk: Walk, conditions: Sequence[ast.expr], follow: Callable[[], None]) -> None:
    """Go on when all conditions hold."""
    if not conditions:
        follow()
        return
    condition = members.truth(walk, conditions[0], walk.now(walk.value(conditions[0])))

    def yes() -> int:
        _filtered(walk, conditions[1:], follow)
        return condition

    fork(walk, condition, yes, lambda: condition)


def _parts(walk: Walk, target: ast.expr, names: Sequence[str], element: int) -> dict[str, int]:
    """The names that a comprehension's target binds to parts of an element."""
    if isinstance(target, ast.Name):
        return {target.id: element}
    whole = walk.now(element)
    shape = _shape(target)
    return {
        name: walk.terms.make(f"part:{shape}:{place}", whole) for place, name in enumerate(names)
    }


def _shape(target: ast.expr) -> str:
    """The form of a target without its names."""
    if isinstance(target, ast.Tuple | ast.List):
        return "(" + "".join(_shape(each) for each in target.elts) + ")"
    return "*" if isinstance(target, ast.Starred) else "x"


def _grow(walk: Walk, node: Comprehension, container: int) -> int:
    """A container with the next element of a comprehension."""
    if isinstance(node, ast.DictComp):
        key = walk.value(node.key)
        return walk.terms.make("[]=", container, key, walk.value(node.value))
    value = walk.value(node.elt)
    return walk.terms.make(".add" if isinstance(node, ast.SetComp) else ".append", container, value)
