"""A stand-in for the runtime: it writes down what a program asks for, and answers from a record.

In: the text of a program that imports `dbos`, a script of answers and a record. Out: a `Run`: each
operation with its arguments as they were when it was asked for, by the position under which the
real runtime records it, and how the workflow ended.
Never: touches a database, a clock or a thread; runs the body of a step.

Positions are those of the runtime: operations count up, a patch takes one only when it leaves a
marker, and each coroutine under a gather counts on its own. What a step gives is a copy of its own,
as after reading a checkpoint. Loops are counted, so that a program without an end has one here.
"""

from __future__ import annotations

import ast
import copy
import re
import sys
from collections.abc import Callable, Coroutine, Generator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import CodeType, ModuleType, SimpleNamespace
from typing import Any

OPERATIONS_MAX = 24
ROUNDS_MAX = 60
"""How many operations and rounds of loops a run may have before it is cut off."""
VALUE_MAX = 10**9
SIZE_MAX = 400
"""How large numbers and containers may become."""
MARKER = "patch "
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation: its name, its arguments as text, and what came of it."""

    name: str
    given: str
    outcome: object


@dataclass(frozen=True, slots=True)
class Made:
    """An answer that is an object of a class of the program: the name of the class, and what its
    constructor is given. An answer that is an error is raised."""

    name: str
    given: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: `returned`, `raised`, `crashed` by an error that no program raises on
    purpose, or `cut` because it was long enough; and the value as text."""

    kind: str
    shown: str = ""


@dataclass(slots=True)
class Run:
    """What one execution asked for, by position, and how it ended.

    `differences` are the positions at which something else is recorded, with both in words.
    """

    asked: dict[str, Asked] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    ending: Ending = field(default_factory=lambda: Ending("cut"))


class CutOffError(BaseException):
    """The run is over; nothing in the program may catch this."""


Script = Callable[[str, str, int], object]
"""What an operation gives, by its name, its arguments and how often it was asked for before."""
_LANE: ContextVar[str] = ContextVar("lane", default="")


class Desk:
    """Where one execution asks for its operations."""

    def __init__(self, script: Script, record: Mapping[str, Asked]) -> None:
        self.script = script
        self.record = record
        self.run = Run()
        self.counts: dict[str, int] = {}
        self.occurrences: dict[tuple[str, str], int] = {}
        self.rounds = 0
        self.is_over = False
        self.space: dict[str, Any] = {}

    def position(self, lane: str) -> str:
        """Where the next operation of a lane is recorded."""
        return f"{lane}{self.counts.get(lane, 0)}"

    def take(self, lane: str) -> str:
        """The next position of a lane, from now on taken."""
        found = self.position(lane)
        self.counts[lane] = self.counts.get(lane, 0) + 1
        return found

    def cut(self) -> None:
        """End the run here."""
        self.is_over = True
        raise CutOffError

    def tick(self) -> None:
        """Count one round of a loop, or one call; a value that grows without end ends the run."""
        self.rounds += 1
        frame = sys._getframe(1)
        seen = [*frame.f_locals.values(), frame.f_globals.get("G")]
        if self.is_over or self.rounds > ROUNDS_MAX or any(map(_is_large, seen)):
            self.cut()

    def ask(self, name: str, *given: object, **named: object) -> Any:
        """Ask for an operation: the recorded answer, else one from the script."""
        if self.is_over or len(self.run.asked) >= OPERATIONS_MAX:
            self.cut()
        position = self.take(_LANE.get())
        shown = shown_value((given, named))
        occurrence = self.occurrences.get((name, shown), 0)
        self.occurrences[name, shown] = occurrence + 1
        recorded = self.record.get(position)
        if recorded is None:
            recorded = Asked(name, shown, self.script(name, shown, occurrence))
        elif (recorded.name, recorded.given) != (name, shown):
            self.run.differences.append(
                f"{position}: {recorded.name}{recorded.given} is recorded, {name}{shown} asked for"
            )
            self.cut()
        self.run.asked[position] = recorded
        outcome = copy.deepcopy(recorded.outcome)
        if isinstance(outcome, Made):
            outcome = self.space[outcome.name](*outcome.given)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def patch(self, name: str) -> bool:
        """Whether a run takes the patched way: its marker is recorded, or nothing is yet."""
        if self.is_over:
            self.cut()
        position = self.position(_LANE.get())
        recorded = self.record.get(position)
        if recorded is not None and recorded.name != MARKER + name:
            return False
        self.run.asked[self.take(_LANE.get())] = Asked(MARKER + name, "", None)
        return True

    def deprecate_patch(self, name: str) -> bool:
        """Pass the marker of a patch, if it is recorded here."""
        recorded = self.record.get(self.position(_LANE.get()))
        if recorded is not None and recorded.name == MARKER + name:
            self.run.asked[self.take(_LANE.get())] = recorded
        return True


def _is_large(value: object) -> bool:
    if isinstance(value, int):
        return abs(value) > VALUE_MAX
    held = getattr(value, "items", None)
    return any(
        isinstance(each, list | dict | str) and len(each) > SIZE_MAX for each in (value, held)
    )


def shown_value(value: object) -> str:
    """A value as text that does not depend on where it lies in memory."""
    return _ADDRESS.sub("", repr(value))


class Given:
    """What an asynchronous operation gives to whoever awaits it: it has its place already."""

    def __init__(self, value: object, error: BaseException | None = None) -> None:
        self.value, self.error = value, error

    def __await__(self) -> Generator[None, None, Any]:
        if self.error is not None:
            raise self.error
        return self.value
        yield


def _asynchronous(desk: Desk, name: str) -> Callable[..., Given]:
    def ask(*given: object, **named: object) -> Given:
        try:
            return Given(desk.ask(name, *given, **named))
        except Exception as error:
            return Given(None, error)

    return ask


def finished(coroutine: Coroutine[Any, Any, Any] | Given) -> Any:
    """What a coroutine gives that never has to wait."""
    steps = coroutine.__await__()
    try:
        while True:
            next(steps)
    except StopIteration as ended:
        return ended.value


@dataclass(slots=True)
class Handle:
    """A started workflow."""

    desk: Desk
    number: str

    def get_result(self) -> Any:
        """Its result, which is an operation of its own."""
        return self.desk.ask("get_result", self.number)

    def __repr__(self) -> str:
        return f"<handle {self.number}>"

    def __deepcopy__(self, memo: object) -> Handle:
        return self


def _surface(desk: Desk) -> ModuleType:
    """The module `dbos` as the programs see it."""
    made = ModuleType("dbos")

    def durable(kind: str) -> Callable[..., Any]:
        def decorator(*, name: str = "", **_: object) -> Callable[[Any], Any]:
            def decorate(function: Any) -> Any:
                asked = f"{kind} {name or function.__qualname__}"
                is_async = function.__code__.co_flags & 0x80
                if is_async:
                    wrapped: Any = _asynchronous(desk, asked)
                else:

                    def wrapped(*given: object, **named: object) -> Any:
                        return desk.ask(asked, *given, **named)

                wrapped.__wrapped__ = function
                wrapped.durable = asked
                return wrapped

            return decorate

        return decorator

    def start(verb: str) -> Callable[..., Handle]:
        def begin(function: Any, *given: object, **named: object) -> Handle:
            context = _CONTEXT.get()
            desk.ask(f"{verb} {function.durable}", context, *given, **named)
            return Handle(desk, desk.position(_LANE.get()))

        return begin

    def simple(verb: str) -> Callable[..., Any]:
        return lambda *given, **named: desk.ask(verb, *given, **named)

    verbs = ("sleep", "recv", "send", "set_event", "get_event", "write_stream")
    made.DBOS = SimpleNamespace(  # type: ignore[attr-defined]
        step=durable("step"),
        transaction=durable("transaction"),
        workflow=durable("workflow"),
        start_workflow=start("start"),
        patch=desk.patch,
        deprecate_patch=desk.deprecate_patch,
        **{verb: simple(verb) for verb in verbs},
        **{f"{verb}_async": _asynchronous(desk, verb) for verb in verbs},
    )
    made.Queue = lambda name: SimpleNamespace(  # type: ignore[attr-defined]
        enqueue=start(f"enqueue {name}")
    )
    made.SetWorkflowID = _Named  # type: ignore[attr-defined]
    return made


_CONTEXT: ContextVar[str] = ContextVar("context", default="")


class _Named:
    """`SetWorkflowID`, whose id counts as an argument of what is started below it."""

    def __init__(self, workflow_id: str) -> None:
        self.workflow_id = workflow_id

    def __enter__(self) -> None:
        self.token = _CONTEXT.set(self.workflow_id)

    def __exit__(self, *_: object) -> None:
        _CONTEXT.reset(self.token)


def _concurrency(desk: Desk) -> ModuleType:
    """The module `asyncio`, whose gathers run one coroutine after the other."""
    made = ModuleType("asyncio")

    def gather(*given: Any, return_exceptions: bool = False) -> Given:
        base = desk.position(_LANE.get())
        lanes = [each for each in given if not isinstance(each, Given)]
        if lanes:
            desk.take(_LANE.get())
        results: list[object] = []
        failure: BaseException | None = None
        for place, each in enumerate(given):
            token = _LANE.set(_LANE.get() if isinstance(each, Given) else f"{base}.{place}:")
            try:
                results.append(finished(each))
            except Exception as error:
                failure = failure or error
                results.append(error)
            finally:
                _LANE.reset(token)
        if failure is not None and not return_exceptions:
            return Given(None, failure)
        return Given(results)

    made.gather = gather  # type: ignore[attr-defined]
    return made


class _Counted(ast.NodeTransformer):
    """Puts a count into each loop and each function."""

    def _begin(self, node: Any) -> Any:
        self.generic_visit(node)
        tick = ast.parse("__tick__()").body[0]
        node.body.insert(0, tick)
        return node

    visit_For = visit_While = visit_FunctionDef = _begin


def compiled(text: str) -> CodeType:
    """A program, made ready to run."""
    tree = ast.fix_missing_locations(_Counted().visit(ast.parse(text)))
    return compile(tree, "<program>", "exec")


CRASHES = (
    *(TypeError, AttributeError, NameError, IndexError, KeyError, ZeroDivisionError),
    *(RecursionError, StopIteration, RuntimeError, UnicodeError),
)
"""Errors of code that is wrong, which the comparison of flows takes for granted not to happen."""


def execute(
    code: CodeType,
    inputs: tuple[object, ...],
    script: Script,
    record: Mapping[str, Asked] | None = None,
    *,
    workflow: str = "main",
) -> Run:
    """Run a workflow of a program from its beginning, with what is recorded."""
    desk = Desk(script, record or {})
    modules = {"dbos": _surface(desk), "asyncio": _concurrency(desk)}

    def load(name: str, *more: Any) -> Any:
        return modules[name] if name in modules else __import__(name, *more)

    builtins = dict(vars(__import__("builtins")), __import__=load, print=lambda *_: None)
    space: dict[str, Any] = {
        "__builtins__": builtins,
        "__name__": "program",
        "__tick__": desk.tick,
    }
    desk.space = space
    _imported(code, space)
    run = desk.run
    try:
        given = copy.deepcopy(inputs)
        value = space[workflow].__wrapped__(*given)
        if hasattr(value, "__await__"):
            value = finished(value)
        run.ending = Ending("returned", shown_value(value))
    except CutOffError:
        pass
    except CRASHES as error:
        run.ending = Ending("crashed", repr(error))
    except Exception as error:
        run.ending = Ending("raised", repr(error))
    if desk.is_over:
        run.ending = Ending("cut")
    return run


def _imported(code: CodeType, space: dict[str, Any]) -> None:
    """Run the top level of a program, known as a module while it runs: dataclasses ask for it."""
    module = ModuleType("program")
    sys.modules["program"] = module
    try:
        exec(code, space)
    finally:
        del sys.modules["program"]
