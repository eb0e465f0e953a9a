"""Written in a hurry: call forms, globals, bare excepts, wrong names."""

import asyncio
import datetime
import random
import time

import dbos
from dbos import DBOS

current_user = None
attempts = 0
results = []
DEFAULTS = {"retries": 3}


def set_user(name):
    global current_user
    current_user = name


@DBOS.step()
def work(n):
    return n * 2


@DBOS.step  # flags: DBS812
def careless(n):
    return n


@dbos.DBOS.workflow()
def main_task(n, options={}):
    global attempts
    attempts += 1  # flags: DBS601
    options = {**DEFAULTS, **options}
    results.append(work(n))  # flags: DBS602
    try:
        return work(random.choice(range(n)))  # flags: DBS101
    except:  # flags: DBS819
        time.sleep(options["retries"])  # flags: DBS003
    return f"{current_user} failed"  # flags: DBS603


@DBOS.workflow()
def collecting(names, seen=[]):  # flags: DBS606
    for name in names:
        if name not in seen:
            seen.append(name)
            work(len(name))
    return seen


@DBOS.workflow()
async def parent(n):
    work(n)  # flags: DBS408
    handle = DBOS.start_workflow(main_task, n)  # flags: DBS809
    answer = DBOS.recv("go")  # flags: DBS809
    await asyncio.sleep(2)  # flags: DBS003
    return [handle.workflow_id, answer]


@DBOS.scheduled("@every 5m")
@DBOS.workflow()
def tick(scheduled, actual):  # flags: DBS816
    if datetime.datetime.now().hour > 20:  # flags: DBS001
        return
    main_task(1)


def helper():
    return main_task(3)


def run(n):
    return asyncio.run(parent(n))
