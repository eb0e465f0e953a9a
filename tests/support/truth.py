"""The truth about two programs: run the old one, stop it after every record, go on in the new one.

In: a pair of programs and calls. Out: a `Ruling`: safe, or what went wrong first, and where.

What counts as the truth. Every call runs to its end in the old program, in the real runtime. From
its records every state is made that a crash can leave behind: the first k records, for every k, in
the order in which they were committed; and, where several tasks recorded, also the states in which
one task did not come as far as the others. Each state becomes a pending workflow, which the new
program recovers as after a crash. The change is *safe* exactly when for all of them

1. no recovery is refused: at each recorded position the new program asks for the operation that is
   recorded there;
2. it asks for it with the arguments for which its result was recorded. All arguments count, also
   those that the runtime does not compare (the timeout of a wait, a queue): a result for other
   arguments is somebody else's result;
3. nothing that is recorded is left over when the new program ends: it was done, and the new program
   does not know that;
4. no recovery fails where the new program, begun anew with the same input, does not: recorded
   values must be of use to the new code;
5. no operation runs that is recorded (this follows from 1, and is checked all the same);
6. a call that was only enqueued reaches the new workflow as it was meant: each argument that was
   given, by place or by name, arrives in the parameter of its name.

What the new program does behind the last record is its own business, and so is its result.
Steps return the same for the same arguments, except where a pair counts calls on purpose.
"""

from __future__ import annotations

import builtins
import inspect
import re
import sqlite3
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dbos import DBOS, SetWorkflowID, testing
from dbos.error import DBOSUnexpectedStepError
from dbos.kernel import context, operation
from dbos.registry import live
from support.pairs import Pair, Run

VERSION, CRASHED = "truth", "crashed"
PATIENCE_SECONDS = 20.0
# Arguments of the runtime's own functions that are no arguments of the operation.
_INNER = frozenset(
    {"now", "frame", "plan", "member", "function", "declared", "produce", "begun", "call_next"}
)
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation a workflow asked for, and whether its record answered."""

    position: str
    name: str
    arguments: str
    is_recorded: bool


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether a change is safe, and if not, the first thing that went wrong.

    `states` is the number of crashes that were tried.
    """

    is_safe: bool
    reason: str
    states: int


@dataclass(slots=True)
class _Journal:
    """What workflows asked for, by workflow id."""

    asked: dict[str, list[Asked]] = field(default_factory=dict)

    def note(self, frame: Any, name: str, caller: types.FrameType) -> None:
        execution = frame.execution
        position = execution.lane_of_caller(frame.lane).peek()
        self.asked.setdefault(execution.workflow_id, []).append(
            Asked(
                position=position,
                name=name,
                arguments=_arguments(caller, execution.workflow_id),
                is_recorded=position in execution.history,
            )
        )


def _arguments(caller: types.FrameType, workflow_id: str) -> str:
    """The arguments of the runtime's function that asks, as text without ids and addresses."""
    code = caller.f_code
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    given = {name: caller.f_locals[name] for name in names if name not in _INNER}
    text = repr(given)
    if code.co_name == "_start_child":
        text += repr(context.presets.get())
    root = workflow_id.partition("|")[0]
    return _ADDRESS.sub("", text).replace(workflow_id, "<id>").replace(root, "<id>")


@dataclass(frozen=True, slots=True)
class _State:
    """What a crash left: a workflow, and its records by number."""

    workflow_id: str
    run: Run
    original: str
    numbers: tuple[int, ...]


class Court:
    """Judges pairs, one after the other, in one launched runtime."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "truth.sqlite"
        self._journal = _Journal()
        self._count = 0

    @contextmanager
    def session(self) -> Iterator[None]:
        """A runtime of our own, in which every question for an operation is noted."""
        DBOS.destroy(destroy_registry=True)
        DBOS(
            config={
                "name": "truth",
                "system_database_url": f"sqlite:///{self._file}",
                "application_version": VERSION,
                "executor_id": "judge",
                "log_level": "CRITICAL",
            }
        )
        DBOS.launch()
        begin = operation.begin

        def noting(frame: Any, name: str, *more: Any, **options: Any) -> operation.Operation:
            self._journal.note(frame, name, sys._getframe(1))
            return begin(frame, name, *more, **options)

        operation.begin = noting
        try:
            yield
        finally:
            operation.begin = begin
            DBOS.destroy(destroy_registry=True)

    def judge(self, pair: Pair) -> Ruling:
        """Run a pair; call it inside `session`."""
        with loaded(pair.old) as module:
            roots = [self._begin(module, run) for run in pair.runs]
            before = {root: _outcome(root) for root in roots}
            old_signature = inspect.signature(_member(module, pair.workflow))
        states = [
            state
            for root, run in zip(roots, pair.runs, strict=True)
            for state in self._states(root, run)
        ]
        with loaded(pair.new) as module:
            found = getattr(module, pair.workflow.partition(".")[0], None)
            if found is None or pair.workflow not in live.workflows:
                return Ruling(False, f"there is no workflow {pair.workflow!r} any more", 0)
            misled = _misled(
                pair.runs, old_signature, inspect.signature(_member(module, pair.workflow))
            )
            if misled:
                return Ruling(False, misled, 0)
            self._lay(states)
            testing.recover_pending_workflows([CRASHED])
            after = {state.workflow_id: _outcome(state.workflow_id) for state in states}
        for state in states:
            problem = self._problem(state, after, before)
            if problem:
                numbers = ", ".join(map(str, state.numbers)) or "nothing"
                return Ruling(False, f"{_spell(state.run)}, recorded {numbers}: {problem}", 0)
        return Ruling(True, "", len(states))

    def _begin(self, module: types.ModuleType, run: Run) -> str:
        """Start one call under an id of its own, with its messages."""
        self._count += 1
        workflow_id = f"run-{self._count:05}"
        with SetWorkflowID(workflow_id):
            DBOS.start_workflow(_member(module, run.workflow), *run.args, **run.kwargs)
        for message in run.messages:
            DBOS.send(workflow_id, message)
        return workflow_id

    def _states(self, original: str, run: Run) -> Iterator[_State]:
        """Every state in which a crash can leave a workflow, the one without records first."""
        with self._database() as database:
            rows = database.execute(
                "SELECT function_id, position FROM operation_outputs WHERE workflow_uuid = ? "
                "ORDER BY rowid",
                (original,),
            ).fetchall()
        chosen = [tuple(row[0] for row in rows[:length]) for length in range(len(rows) + 1)]
        lanes = {position.rpartition(":")[0] for _, position in rows}
        for lane in sorted(lanes - {""}):
            # This task was slower than the others, which came to the end of what they do.
            inner = [row for row in rows if row[1].rpartition(":")[0]]
            own = [row for row in inner if row[1].rpartition(":")[0] == lane]
            first = rows.index(inner[0])
            for length in range(len(own)):
                kept = [row for row in inner if row not in own[length:]]
                chosen.append(tuple(row[0] for row in (*rows[:first], *kept)))
        for number, numbers in enumerate(dict.fromkeys(chosen)):
            yield _State(f"{original}|{number}", run, original, numbers)

    def _lay(self, states: Iterable[_State]) -> None:
        """Write the states into the database, as the crashed process left them."""
        with self._database() as database:
            for state in states:
                changes = {
                    "workflow_uuid": state.workflow_id,
                    "status": "PENDING",
                    "owner_xid": None,
                    "executor_id": CRASHED,
                    "output": None,
                    "error": None,
                    "completed_at": None,
                }
                _copy(database, "workflow_status", state.original, changes, "1 = 1")
                numbers = ", ".join(map(str, state.numbers)) or "NULL"
                renamed = {"workflow_uuid": state.workflow_id}
                where = f"function_id IN ({numbers})"
                _copy(database, "operation_outputs", state.original, renamed, where)
        for state in states:
            for message in state.run.messages[self._received(state) :]:
                DBOS.send(state.workflow_id, message)

    def _received(self, state: _State) -> int:
        """How many of the messages the records have taken."""
        names = {"DBOS.recv"}
        with self._database() as database:
            rows = database.execute(
                "SELECT function_name, output FROM operation_outputs WHERE workflow_uuid = ?",
                (state.workflow_id,),
            ).fetchall()
        return sum(name in names and output not in (None, "null") for name, output in rows)

    def _problem(
        self, state: _State, after: Mapping[str, object], before: Mapping[str, object]
    ) -> str:
        """What went wrong with the recovery of a state; empty when nothing did."""
        outcome = after[state.workflow_id]
        if isinstance(outcome, DBOSUnexpectedStepError):
            return f"refused: {outcome}"
        anew = after[f"{state.original}|0"]
        if _fails(outcome) and not _fails(anew):
            return f"fails with {outcome!r}, which it does not when it begins anew"
        if _fails(anew) and not _fails(before[state.original]):
            return f"fails with {anew!r}, which the old program did not"
        asked = {each.position: each for each in self._journal.asked.get(state.workflow_id, ())}
        with self._database() as database:
            positions = database.execute(
                "SELECT position FROM operation_outputs WHERE workflow_uuid = ? "
                f"AND function_id IN ({', '.join(map(str, state.numbers)) or 'NULL'})",
                (state.original,),
            ).fetchall()
        recorded = self._journal.asked.get(state.original, ())
        first = {each.position: each for each in recorded}
        for (position,) in positions:
            own = position.removesuffix("t")  # the timeout of an operation, recorded by itself
            now = asked.get(own)
            if now is None:
                return f"never asks for {first[own].name}, which is recorded"
            if (now.name, now.arguments) != (first[own].name, first[own].arguments):
                return (
                    f"{first[own].name} was recorded for {first[own].arguments}, and is asked "
                    f"for as {now.name} with {now.arguments}"
                )
            if own == position and not now.is_recorded:
                return f"{now.name} runs again"
        return ""

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        database = sqlite3.connect(self._file, timeout=30)
        try:
            with database:
                yield database
        finally:
            database.close()


@contextmanager
def loaded(files: Mapping[str, str]) -> Iterator[types.ModuleType]:
    """The main module of a program, imported and registered; all of it is forgotten again."""
    names = sorted(name.removesuffix(".py").replace("/", ".") for name in files)
    modules = {name: types.ModuleType(name) for name in names}
    saved = {name: sys.modules[name] for name in names if name in sys.modules}
    live.clear()
    sys.modules.update(modules)
    try:
        for name in sorted(names, key=lambda each: (each == "main", each)):
            text = files[name.replace(".", "/") + ".py"]
            builtins.exec(compile(text, f"<{name}>", "exec"), modules[name].__dict__)
        yield modules["main"]
    finally:
        for name in names:
            del sys.modules[name]
        sys.modules.update(saved)
        live.clear()


def _member(module: types.ModuleType, workflow: str) -> Any:
    """A workflow by its qualified name."""
    found: Any = module
    for name in workflow.split("."):
        found = getattr(found, name)
    return found


def _outcome(workflow_id: str) -> object:
    """The result of a workflow, or what it raised."""
    try:
        return DBOS.retrieve_workflow(workflow_id).get_result(timeout_seconds=PATIENCE_SECONDS)
    except TimeoutError:
        raise AssertionError(f"{workflow_id} does not end") from None
    except Exception as failure:
        return failure


def _fails(outcome: object) -> bool:
    return isinstance(outcome, Exception)


def _copy(
    database: sqlite3.Connection,
    table: str,
    workflow_id: str,
    changes: Mapping[str, object],
    where: str,
) -> None:
    """Copy the rows of a workflow, with some columns changed."""
    names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    chosen = ", ".join("?" if name in changes else name for name in names)
    values = [changes[name] for name in names if name in changes]
    database.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table} "
        f"WHERE workflow_uuid = ? AND {where}",
        (*values, workflow_id),
    )


def _misled(runs: Iterable[Run], old: inspect.Signature, new: inspect.Signature) -> str:
    """How input that was stored for the old workflow misses the new one's parameters."""
    for run in runs:
        for args, kwargs in ((run.args, run.kwargs), _by_name(run, old)):
            meant = old.bind(*args, **kwargs).arguments
            try:
                arrived = new.bind(*args, **kwargs).arguments
            except TypeError as failure:
                return f"the input of {_spell(run)} does not fit: {failure}"
            for name, value in meant.items():
                if name in new.parameters and arrived.get(name) != value:
                    return f"{name!r} of {_spell(run)} arrives as {arrived.get(name)!r}"
    return ""


def _by_name(run: Run, signature: inspect.Signature) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The same call with every argument given by name, as far as parameters have names."""
    kinds = {each.kind for each in signature.parameters.values()}
    if kinds - {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}:
        return run.args, run.kwargs
    return (), dict(signature.bind(*run.args, **run.kwargs).arguments)


def _spell(run: Run) -> str:
    given = [*map(repr, run.args), *(f"{name}={value!r}" for name, value in run.kwargs.items())]
    return f"{run.workflow}({', '.join(given)})"
