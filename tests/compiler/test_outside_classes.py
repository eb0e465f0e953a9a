"""Classes, tasks and packages of libraries, reached through names of the project."""

from __future__ import annotations

import pytest

from support.analysis import flagged

HEAD = "from dbos import DBOS\n"
PROGRAMS = {
    "manager of a Django model": """\
from django.db import models

class Order(models.Model):
    name = models.CharField()

@DBOS.workflow()
def checkout(key: str) -> str:
    return Order.objects.get(pk=key).name  # flags: DBS205
""",
    "class method of a Tortoise model": """\
from tortoise.models import Model

class Order(Model):
    pass

@DBOS.workflow()
async def checkout(key: str) -> object:
    return await Order.get(id=key)  # flags: DBS205
""",
    "task of Celery": """\
from celery import Celery, shared_task

app = Celery("shop")

@app.task
def mail(name: str) -> str:
    return name.upper()

@shared_task(bind=True)
def call(self, name: str) -> str:
    return name.upper()

@DBOS.workflow()
def checkout(name: str) -> str:
    mail.delay(name)  # flags: DBS202
    call.apply_async((name,))  # flags: DBS202
    return mail(name)
""",
    "pool of the module": """\
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(4)

@DBOS.workflow()
def checkout(name: str) -> object:
    return pool.submit(len, name).result()  # flags: DBS401
""",
    "class attribute that no ancestor has": """\
class Order:
    pass

@DBOS.workflow()
def checkout(name: str) -> object:
    return Order.objects
""",
    "timestamps": """\
from datetime import UTC, datetime

@DBOS.workflow()
def checkout(text: str, given: datetime) -> list[float]:
    aware = datetime.strptime(text, "%Y-%m-%d %z")
    replaced = datetime(2024, 1, 1).replace(tzinfo=UTC)
    naive = datetime.strptime(text, "%Y-%m-%d")
    return [
        given.timestamp(),
        aware.timestamp(),
        replaced.timestamp(),
        naive.timestamp(),  # flags: DBS005
    ]
""",
}


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_is_flagged_where_it_says(text: str) -> None:
    lines = (HEAD + text).splitlines()
    expected = [
        (number, line.partition("# flags: ")[2])
        for number, line in enumerate(lines, start=1)
        if "# flags: " in line
    ]
    assert [(line, code) for _, line, code in flagged(HEAD + text)] == expected


def test_an_absolute_import_means_the_library_not_the_file_of_the_same_name() -> None:
    files = {
        "shop/__init__.py": "",
        "shop/openai.py": HEAD
        + "import openai\n\n@DBOS.workflow()\ndef ask(q: str) -> object:\n"
        + "    return openai.OpenAI().chat.completions.create(model=q)\n",
    }
    assert flagged(files) == [("shop/openai.py", 6, "DBS202")]


def test_an_own_module_named_like_a_library_is_the_projects() -> None:
    files = {
        "redis.py": "def get(key: str) -> str:\n    return key\n",
        "main.py": HEAD
        + "import redis\n\n@DBOS.workflow()\ndef ask(q: str) -> str:\n    return redis.get(q)\n",
    }
    assert flagged(files) == []
