from __future__ import annotations

import datetime as dt
import fnmatch
import hashlib
import os
import platform
from concurrent.futures import ThreadPoolExecutor, as_completed
from glob import glob
from os import path
from threading import Thread

from dbos import DBOS
from google.cloud import storage

bucket = storage.Client().bucket("backups")
EXCLUDE = ["*.tmp", "*.swp"]


def wanted(name: str) -> bool:
    return not any(fnmatch.fnmatch(name, pattern) for pattern in EXCLUDE)


def checksum(data: bytes) -> str:
    digest = hashlib.blake2b()
    for start in range(0, len(data), 4096):
        digest.update(data[start : start + 4096])
    return digest.hexdigest()


def files(folder: str) -> list[str]:
    return [name for name in glob(path.join(folder, "**"), recursive=True) if wanted(name)]  # flags: DBS203 DBS504


def expired(name: str, days: int) -> bool:
    modified = dt.datetime.fromtimestamp(path.getmtime(name))  # flags: DBS203 DBS005
    return dt.datetime.now() - modified > dt.timedelta(days=days)  # flags: DBS001


@DBOS.step()
def upload(name: str) -> str:
    with open(name, "rb") as file:
        data = file.read()
    bucket.blob(name).upload_from_string(data)
    return checksum(data)


@DBOS.workflow()
def backup(folder: str, days: int) -> dict[str, str]:
    host = platform.node()  # flags: DBS303
    sums = {}
    for name in files(folder):
        if not expired(name, days):
            sums[f"{host}:{name}"] = upload(name)
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # flags: DBS401 DBS303
        futures = [pool.submit(upload, name) for name in sums]  # maybe: DBS401
        for future in as_completed(futures):  # flags: DBS404  # maybe: DBS401
            DBOS.logger.info(future.result())  # maybe: DBS401
    Thread(target=upload, args=("manifest",)).start()  # flags: DBS401
    bucket.blob("latest").delete()  # flags: DBS202
    return sums
