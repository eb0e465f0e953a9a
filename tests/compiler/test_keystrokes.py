"""Whatever is typed, a checker that saw all of it finds what a new one finds.

Files of a small program are edited as people do: characters in a line, whole lines, a function put
in, renamed, given another decorator or taken out, code that does not parse and its repair. Trees
of what did not change live through all of it, and so does what is kept with them.
"""

from __future__ import annotations

import random

import pytest

from dbos_build import checking, rules
from dbos_build.analysis import program
from dbos_build.checking import selection
from dbos_build.settings.config import Settings
from support.analysis import project
from support.edited_programs import TEXTS

LINES = [
    "import time", "import dbos", "from app.clocks import *", "x = time.time()", "@DBOS.step()",
    "@DBOS.workflow()", "    return now()", "    now()", "    fetch(name)",
    "    store(1, later(2))",
    "    value = random.random()", "    await fetch(name)", "    global LIMIT", "# note", "",
    "    # dbos: ignore[DBS001] known", "LIMIT = later(1)", "    import uuid; value = uuid.uuid4()",
    "queue = Queue('orders')", "if x:", "def added(name): return later(name)",
    "    queue.enqueue(order)",
    "    DBOS.set_event('a', set([1]))", "class Other(Watch): pass", "DBOS.launch()",
]  # fmt: skip
WORDS = ["name", "now", "order", "later(1)", "1", "Watch", "fetch", "x", "", " ", "(", "#", "\\"]


def _edited(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    place = chance.randrange(len(lines))
    line = lines[place]
    match chance.randrange(6):
        case 0:
            lines.insert(place, chance.choice(LINES))
        case 1:
            lines[place] = chance.choice(LINES)
        case 2:
            del lines[place : place + chance.randint(1, 3)]
        case 3:
            lines[place] = line.replace("now", "later").replace("store", "fetch")
        case _:
            column = chance.randint(0, len(line))
            end = min(len(line), column + chance.randint(0, 2))
            lines[place] = line[:column] + chance.choice(WORDS) + line[end:]
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_found_while_somebody_types_is_what_a_check_finds(seed: int) -> None:
    chance = random.Random(seed)
    chosen = Settings(strict=seed % 2 == 0)
    checker = checking.Checker(chosen)
    good, texts = dict(TEXTS), dict(TEXTS)
    seen = {checker.check(project(texts)).findings}
    for _ in range(14):
        path = chance.choice(sorted(TEXTS))
        texts[path] = _edited(texts[path], chance)
        found = checker.check(project(texts)).findings
        analysed = program.analyse(project(texts), chosen)
        assert found == tuple(selection.select(rules.check(analysed), chosen)), texts[path]
        seen.add(found)
        if any(each.code == "DBS990" for each in found):
            texts = dict(good)  # What does not parse is soon repaired.
        else:
            good = dict(texts)
    assert len(seen) > 2
