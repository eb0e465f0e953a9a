"""Assertions for tests: does the code replay what was recorded, and each step of what it does now?

In: fixtures, or workflows to run. Out: nothing, or an ``AssertionError`` that names the operation
and the difference. Never replays in the process of the test.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import types
import uuid
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from dbos.error import DBOSException
from dbos.kernel import request, runtime
from dbos.kernel.context import SetWorkflowID
from dbos.registry import Declared, live
from dbos.replay import child
from dbos.replay.child import DBOSReplayError
from dbos.replay.history import DBOSFixtureError
from dbos.replay.verdict import Verdict

if TYPE_CHECKING:
    from dbos.replay.history import History

P = ParamSpec("P")
R = TypeVar("R")
Fixture = str | os.PathLike[str] | Mapping[str, Any]
# In how many worlds each operation is replayed, unless the environment says otherwise.
WORLDS = 3
WORLDS_VARIABLE = "DBOS_REPLAY_WORLDS"


def assert_replays(
    fixture: Fixture | Sequence[str | os.PathLike[str]],
    *,
    registry: types.ModuleType | str | None = None,
    modules: Sequence[types.ModuleType | str] = (),
    workflow_ids: Sequence[str] = (),
    setup: str | None = None,
    allow_pickle: bool = False,
) -> list[Verdict]:
    """Assert that today's code replays the workflows of a fixture; answers the verdicts.

    ``fixture`` is a file written by ``dbos workflow export``, several of them, or its content as a
    mapping. The code is that of ``registry`` and ``modules``; without either, that of all workflows
    which the test has imported. ``setup`` names a function, ``module:name``, that makes the
    configured instances. Raises ``AssertionError`` with every difference, and ``DBOSReplayError``
    when the fixture or the program cannot be used.
    """
    __tracebackhide__ = True  # pytest shows the line of the test
    task: dict[str, Any] = {
        "program": _program(registry, modules, setup),
        "workflow_ids": list(workflow_ids),
        "allow_pickle": allow_pickle,
    }
    if isinstance(fixture, Mapping):
        task["text"] = json.dumps(dict(fixture))
    else:
        files = [fixture] if isinstance(fixture, str | os.PathLike) else fixture
        task["fixtures"] = [str(Path(file).resolve()) for file in files]
    verdicts = child.replay(task)
    if not verdicts:
        raise DBOSFixtureError("The fixture holds no workflow, so nothing was replayed")
    failed = [verdict for verdict in verdicts if not verdict.fits]
    if failed:
        lines = "\n".join(f"  {verdict}" for verdict in failed)
        raise AssertionError(f"{len(failed)} of {len(verdicts)} workflows do not replay:\n{lines}")
    return verdicts


def _program(
    registry: types.ModuleType | str | None,
    modules: Sequence[types.ModuleType | str],
    setup: str | None,
) -> dict[str, Any]:
    given = [*modules, *([registry] if registry is not None else [])]
    files = {name: file for one in given if (name := _name(one)) and (file := _file(name))}
    if not given:
        found = [one for one in live.workflows.values() if "<locals>" not in one.entry]
        return program_of(found, setup)
    return {
        "modules": [_name(module) for module in modules],
        "registry": None if registry is None else _name(registry),
        "files": files,
        "setup": setup,
    }


def program_of(workflows: Iterable[Declared], setup: str | None = None) -> dict[str, Any]:
    """The modules of these workflows, for a child process to import.

    Raises ``DBOSReplayError`` for a workflow that no other process can find.
    """
    names: dict[str, None] = {}
    for declared in workflows:
        if declared.function.__module__.partition(".")[0] == "dbos":
            continue
        if "<locals>" in declared.function.__qualname__:
            raise DBOSReplayError(
                f"Workflow {declared.name} is defined inside a function, where no other process"
                " finds it; move it to the level of its module"
            )
        names[declared.function.__module__] = None
    files = {name: file for name in names if (file := _file(name))}
    return {"modules": list(names), "files": files, "setup": setup}


def _name(module: types.ModuleType | str) -> str:
    return module if isinstance(module, str) else module.__name__


def _file(name: str) -> str | None:
    """Where a module lies that this process has loaded."""
    file = getattr(sys.modules.get(name), "__file__", None)
    return None if file is None else str(Path(file).resolve())


# ---------------------------------------------------------------------- every step


def replay_every_step(workflow: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a workflow; then, for each operation it recorded, throw the execution away and replay it.

    The replays run in fresh processes with another hash seed, clock, time zone, environment,
    random state and working directory each. Returns the workflow's result or raises its error;
    raises ``AssertionError`` when a replay differs. A coroutine workflow is run to its end; inside
    a running event loop, await ``replay_every_step_async`` instead.
    """
    __tracebackhide__ = True  # pytest shows the line of the test
    workflow_id = f"replay-{uuid.uuid4()}"
    declared, _ = request.declared_of(workflow)
    try:
        with SetWorkflowID(workflow_id):
            if declared.is_async:
                result: R = asyncio.run(_awaited(workflow, args, kwargs))
            else:
                result = workflow(*args, **kwargs)
    except Exception:
        check_every_step([workflow_id])
        raise
    check_every_step([workflow_id])
    return result


async def _awaited(workflow: Any, args: Any, kwargs: Any) -> Any:
    return await workflow(*args, **kwargs)


async def replay_every_step_async(
    workflow: Callable[P, Coroutine[Any, Any, R]], /, *args: P.args, **kwargs: P.kwargs
) -> R:
    """Like ``replay_every_step``, from a coroutine."""
    __tracebackhide__ = True  # pytest shows the line of the test
    workflow_id = f"replay-{uuid.uuid4()}"
    try:
        with SetWorkflowID(workflow_id):
            result = await workflow(*args, **kwargs)
    except Exception:
        await asyncio.to_thread(check_every_step, [workflow_id])
        raise
    await asyncio.to_thread(check_every_step, [workflow_id])
    return result


def check_every_step(workflow_ids: Sequence[str], *, setup: str | None = None) -> None:
    """Replay recorded workflows of the launched DBOS after each of their operations.

    Raises ``AssertionError`` when one differs.
    """
    __tracebackhide__ = True  # pytest shows the line of the test
    from dbos.replay import stored

    now = runtime.active_or_none()
    if now is None:
        raise DBOSException("DBOS is not launched, so there is no record to replay")
    histories = list(stored.named(now.system, list(workflow_ids)))
    declared = [live.workflows[one.name] for one in histories if one.name in live.workflows]
    program = program_of(declared, setup)
    check_histories(histories, program, allow_pickle=now.settings.allow_pickle)


def check_histories(
    histories: Sequence[History], program: dict[str, Any], *, allow_pickle: bool
) -> None:
    """Replay histories that this process has just recorded, after each operation, in every world.

    Raises ``AssertionError`` when one differs in any of them.
    """
    __tracebackhide__ = True  # pytest shows the line of the test
    from dbos.replay import history

    task = {
        "program": program,
        "text": history.dump(histories),
        "allow_pickle": allow_pickle,
        "prefixes": True,
    }
    found = child.replay_all([{**task, "world": world} for world in range(_worlds())])
    failed: dict[str, None] = {}
    for verdicts in found:
        failed.update(dict.fromkeys(_differences(verdicts)))
    if failed:
        lines = "\n".join(f"  {line}" for line in failed)
        raise AssertionError(f"the code does not replay what it recorded itself:\n{lines}")


def _worlds() -> int:
    given = os.environ.get(WORLDS_VARIABLE, str(WORLDS))
    if not given.isdecimal() or not 1 <= int(given) <= 100:
        raise DBOSReplayError(f"{WORLDS_VARIABLE} must be from 1 to 100, not {given!r}")
    return int(given)


def _differences(verdicts: Sequence[Verdict]) -> list[str]:
    """The first difference of each workflow in one world."""
    found: dict[str, str] = {}
    for verdict in verdicts:
        if not verdict.fits and verdict.workflow_id not in found:
            place = f" ({verdict.place})" if verdict.place else ""
            found[verdict.workflow_id] = f"{verdict.name}: {verdict.reason}{place}"
    return list(found.values())
