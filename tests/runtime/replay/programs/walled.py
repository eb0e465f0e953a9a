"""Workflows that reach for the world. The docstring of each says what a replay must answer."""

from __future__ import annotations

import asyncio
import datetime
import importlib.resources
import logging
import os
import random
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.request
import uuid
import zoneinfo
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from time import sleep as pause
from time import time as seconds_since_1970

import psycopg

from dbos import DBOS

HERE = Path(__file__)
TARGET = HERE.with_name("never-written.txt")


@DBOS.step()
def note(value: object) -> object:
    return value


@DBOS.workflow()
def reads_a_file() -> None:
    """io: open( reads a file"""
    Path("/etc/passwd").read_text(encoding="utf-8")


@DBOS.workflow()
def writes_a_file() -> None:
    """io: open( writes a file"""
    TARGET.write_text("x", encoding="utf-8")


@DBOS.workflow()
def opens_with_the_system() -> None:
    """io: open( writes a file"""
    os.open(TARGET, os.O_CREAT | os.O_WRONLY)


@DBOS.workflow()
def overwrites_code() -> None:
    """io: open( writes a file"""
    HERE.open("a", encoding="utf-8").close()


@DBOS.workflow()
def lists_a_folder() -> None:
    """io: os.listdir( touches files"""
    os.listdir(".")


@DBOS.workflow()
def removes_a_file() -> None:
    """io: os.remove( touches files"""
    TARGET.unlink()


@DBOS.workflow()
def copies_a_file() -> None:
    """io: shutil.copyfile( touches files"""
    shutil.copy(HERE, TARGET)


@DBOS.workflow()
def makes_a_temporary_file() -> None:
    """io: open( writes a file"""
    tempfile.mkstemp()


@DBOS.workflow()
def runs_a_command() -> None:
    """io: subprocess.Popen( starts a process"""
    subprocess.run(["true"], check=True)


@DBOS.workflow()
def runs_a_shell() -> None:
    """io: os.system( starts a process"""
    os.system("true")


@DBOS.workflow()
def forks() -> None:
    """io: os.fork( starts a process"""
    if os.fork() == 0:
        os._exit(0)


@DBOS.workflow()
def signals() -> None:
    """io: os.kill( signals a process"""
    os.kill(os.getpid(), 0)


@DBOS.workflow()
def connects() -> None:
    """io: socket.getaddrinfo( uses the network"""
    socket.create_connection(("localhost", 1))


@DBOS.workflow()
def asks_the_web() -> None:
    """io: urllib.Request( uses the network"""
    urllib.request.urlopen("http://localhost:1/")


@DBOS.workflow()
def opens_sqlite() -> None:
    """io: sqlite3.connect( opens a database"""
    sqlite3.connect(":memory:")


@DBOS.workflow()
def opens_postgres() -> None:
    """io: psycopg.connect reaches a database"""
    psycopg.connect("host=localhost port=1")


@DBOS.workflow()
def sleeps() -> None:
    """io: time.sleep( waits for the clock"""
    pause(0.001)


@DBOS.workflow()
def asks_the_user() -> None:
    """io: builtins.input( waits for input"""
    input()


@DBOS.workflow()
def hides_it() -> None:
    """io: open( reads a file"""
    try:
        open("/etc/passwd", encoding="utf-8").close()
    except BaseException:
        note("hidden")


@DBOS.workflow()
async def connects_async() -> None:
    """io: socket.connect( uses the network"""
    await asyncio.open_connection("127.0.0.1", 1)


@DBOS.workflow()
async def reads_in_a_thread() -> None:
    """io: open( reads a file"""
    await asyncio.to_thread(Path("/etc/passwd").read_text)


@DBOS.workflow()
def steps_in_threads() -> None:
    """io: DBOS runs outside its workflow"""
    with ThreadPoolExecutor() as pool:
        pool.submit(in_thread).result()


def in_thread() -> None:
    note("really run")


@DBOS.workflow()
def runs_a_loop() -> None:
    """fits: reached the end of the record after 1 operation"""
    note("before")
    asyncio.run(two_steps())


async def two_steps() -> None:
    await asyncio.gather(later(1), later(2))


@DBOS.step()
async def later(number: int) -> int:
    return number


@DBOS.workflow()
async def spins_until_a_step_is_done() -> None:
    """fits: reached the end of the record after 1 operation"""
    note("before")
    step = asyncio.create_task(two_steps())
    while not step.done():
        await asyncio.sleep(0)


@DBOS.workflow()
async def keeps_a_heartbeat() -> None:
    """fits: ended after the record after 1 operation"""
    beats = asyncio.create_task(beat())
    note("before")
    assert not beats.done()


async def beat() -> None:
    while True:
        await asyncio.sleep(1)


@DBOS.workflow()
def computes_forever() -> None:
    """stuck: the code computes"""
    while True:
        pass


@DBOS.workflow()
def waits_forever() -> None:
    """stuck: the code computes"""
    threading.Event().wait()


@DBOS.workflow()
async def awaits_forever() -> None:
    """differs: note is recorded, the code waits for something that never comes"""
    await asyncio.Event().wait()


@DBOS.workflow()
def passes_on_an_error() -> None:
    """fits: ended after the record after 1 operation"""
    note("fails")


@DBOS.workflow()
def raises_its_own_error() -> None:
    """raised: the code raises KeyError"""
    raise KeyError(note("found"))


@DBOS.workflow()
def behaves() -> None:
    """fits: reached the end of the record after 0 operations"""
    import colorsys

    colorsys.rgb_to_hsv(1, 1, 1)
    print("printed")
    logging.getLogger("walled").warning("logged")
    zoneinfo.ZoneInfo("Europe/Lisbon").utcoffset(datetime.datetime(2020, 1, 1))
    importlib.resources.files("click").joinpath("py.typed").read_text()
    open(os.devnull, "w", encoding="utf-8").close()
    uuid.uuid4()
    random.random()
    asyncio.run(asyncio.sleep(1000))
    note("done")


@DBOS.workflow()
def reads_clocks() -> None:
    """fits: ended after the record after 1 operation"""
    now = datetime.datetime.now(datetime.UTC)
    today = date.today().isoformat()
    exact = (seconds_since_1970(), time.time(), time.time_ns(), now.isoformat())
    assert isinstance(now, datetime.datetime)
    note([*exact, today == date.fromtimestamp(time.time()).isoformat()])
