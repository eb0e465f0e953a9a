"""Step numbers beside calls, against those under which the runtime records the steps."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from dbos_lint import numbering
from dbos_lint.numbering import Numbers
from dbos_lint.outline import entries, lens
from dbos_lint.project import lone

STEPS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
HEAD = "import asyncio, json\nfrom dbos import DBOS, SetWorkflowID\n" + "".join(
    f"\n@DBOS.step()\nasync def {name}(value):\n    return value\n" for name in STEPS
)
WORKFLOWS = """
@DBOS.workflow()
async def child(value):
    return await one(value)


async def helper(value):
    return await two(value)


@DBOS.workflow()
async def parent(flag):
    await three(flag)
    await DBOS.recv_async("topic", timeout_seconds=0)
    if flag:
        await four(1)
        await helper(2)
    await DBOS.sleep_async(0)
    handle = await DBOS.start_workflow_async(child, 1)
    await handle.get_result()
    await child(2)
    await five(1)
    for number in range(2):
        await six(number)
    await asyncio.gather(seven(1), eight(2))
    await nine(3)
    return await DBOS.get_event_async("nobody", "key", timeout_seconds=0)


async def main():
    found = {}
    for flag in (True, False):
        with SetWorkflowID(f"run-{flag}"):
            await parent(flag)
        steps = await DBOS.list_workflow_steps_async(f"run-{flag}")
        found[str(flag)] = [(each["function_id"], each["function_name"]) for each in steps]
    print(json.dumps(found))


if __name__ == "__main__":
    DBOS(config={"name": "numbers", "log_level": "ERROR"})
    DBOS.launch()
    asyncio.run(main())
    DBOS.destroy()
"""
PROGRAM = HEAD + WORKFLOWS


BOUND = """import acme
from dbos import DBOS


@DBOS.step()
def pack(item: str) -> str:
    return item


@DBOS.step()
def ship(item: str) -> str:
    return item


@DBOS.workflow()
def send(item: str) -> str:
    packed = acme.apply(pack, item)
    return ship(str(packed))
"""


def test_numbers_are_open_behind_a_call_that_may_run_steps(tmp_path: Path) -> None:
    result = lone(tmp_path / "bound.py", BOUND).check({})
    (flow,) = numbering.workflows_in(result, "bound.py", 1, 20)
    told = {each.names: str(each.numbers) for each in numbering.hints(result, "bound.py", flow)}
    assert told[("ship",)] == "#1+"
    entry = next(each for each in entries(result, "bound.py") if each.extent.name == "send")
    assert (lens(result.program, entry) or "").endswith("at least 1 durable operation")


def test_the_runtime_records_what_the_hints_say(tmp_path: Path) -> None:
    file = tmp_path / "program.py"
    file.write_text(PROGRAM, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, file.name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    recorded = json.loads(done.stdout.splitlines()[-1])
    said: dict[str, Numbers] = {}
    result = lone(file, PROGRAM).check({})
    workflows = numbering.workflows_in(result, "program.py", 1, PROGRAM.count("\n"))
    assert [each.name for each in workflows] == ["child", "parent"]
    hints = [each for flow in workflows for each in numbering.hints(result, "program.py", flow)]
    for hint in hints:
        for offset, name in enumerate(hint.names):
            most = None if hint.numbers.most is None else hint.numbers.most + offset
            moved = Numbers(hint.numbers.least + offset, most)
            said[name] = moved.joined(said[name]) if name in said else moved
    assert str(said["three"]) == "#1"
    assert str(said["DBOS.sleep"]) == "#4–6", "the timeout of the message has a number as well"
    assert str(said["six"]) == "#10+"
    checked = 0
    for steps in recorded.values():
        for number, name in steps:
            limits = said.get(name)
            if limits is None:  # The timeout of a message, which stands behind it.
                assert name == "DBOS.sleep"
                continue
            within = limits.least <= number and (limits.most is None or number <= limits.most)
            assert within or name == "DBOS.sleep", (name, number, str(limits))
            checked += 1
    assert checked > 20
