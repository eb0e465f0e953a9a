"""The standard library: one line per way to act."""

import asyncio, os, sys, time, threading, queue, subprocess, logging, shutil, glob, tempfile, multiprocessing, signal, gc, platform, contextvars, importlib, runpy, getpass, webbrowser, sqlite3, shelve, dbm, urllib.request, http.client, ftplib, socket, ssl, secrets, random, uuid, locale
import concurrent.futures
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, date
from os import environ, getenv, path
from os.path import exists, join
from pathlib import Path
from pprint import pprint
from time import sleep, monotonic
from dbos import DBOS

POOL = ThreadPoolExecutor()
CTX = contextvars.ContextVar("x")
LOCK = threading.Lock()

@DBOS.workflow()
def s1(x: str) -> None:
    datetime.now()  # flags: DBS001
    date.today()  # flags: DBS001
    time.strftime("%Y")  # flags: DBS001
    time.localtime(5)  # flags: DBS005
    sleep(1)  # flags: DBS003
    monotonic()  # flags: DBS002
    getenv("A")  # flags: DBS301
    environ["A"]  # flags: DBS301
    os.environ.get("A")  # flags: DBS301
    join("a", "b")
    exists("a")  # flags: DBS203
    path.getsize("a")  # flags: DBS203
    shutil.rmtree("a")  # flags: DBS203
    glob.glob("*")  # flags: DBS203, DBS504
    subprocess.check_output(["a"])  # flags: DBS204
    os.system("a")  # flags: DBS204
    os.getpid()  # flags: DBS303
    sys.argv  # flags: DBS303
    sys.platform  # flags: DBS303
    print("x")  # flags: DBS207
    pprint("x")  # flags: DBS207
    logging.info("x")  # flags: DBS207
    sys.stdout.write("x")  # flags: DBS207
    input("?")  # flags: DBS206
    sys.stdin.readline()  # flags: DBS206
    gc.collect()  # flags: DBS304
    CTX.get()  # flags: DBS607
    importlib.import_module("x" + x)  # flags: DBS209
    shelve.open("x")  # flags: DBS203
    urllib.request.urlopen("u").read().decode()  # flags: DBS201
    http.client.HTTPSConnection("h").request("GET", "/")  # flags: DBS201
    ftplib.FTP("h")  # flags: DBS201
    secrets.token_hex(8)  # flags: DBS103
    os.urandom(8)  # flags: DBS103
    random.randint(1, 2)  # flags: DBS101
    random.Random().random()  # flags: DBS102
    uuid.uuid4().hex  # flags: DBS104
    hash(x)  # flags: DBS503
    eval(x)  # flags: DBS703
    threading.Thread(target=print).start()  # flags: DBS401
    concurrent.futures.ThreadPoolExecutor().submit(print)  # flags: DBS207, DBS401
    multiprocessing.Pool(2).map(len, ["a"])  # flags: DBS401
    locale.getlocale()  # flags: DBS005
    signal.alarm(3)  # flags: DBS004
    Path.home()  # flags: DBS301
    Path.cwd()  # flags: DBS303
    Path("x").resolve()  # flags: DBS203
    for p in Path("x").iterdir():  # flags: DBS203, DBS504
        p.stat().st_mtime  # flags: DBS203
    for e in os.scandir("x"):  # flags: DBS203, DBS504
        e.name
