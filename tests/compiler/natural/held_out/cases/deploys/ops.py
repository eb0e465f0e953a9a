from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import docker
import paramiko
from dbos import DBOS
from kubernetes import client as k8s

engine = docker.from_env()


@contextlib.contextmanager
def working_directory(path: Path):
    previous = os.getcwd()  # flags: DBS303
    os.chdir(path)  # flags: DBS204
    try:
        yield path
    finally:
        os.chdir(previous)  # flags: DBS204


@contextlib.contextmanager
def stopwatch(name: str):
    began = time.perf_counter()  # flags: DBS002
    yield
    DBOS.logger.info("%s: %.1f s", name, time.perf_counter() - began)  # flags: DBS002


def sh(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # flags: DBS204


@DBOS.step()
def push(tag: str) -> str:
    return str(engine.images.push(tag))


class Remote:
    def __init__(self, host: str) -> None:
        self.ssh = paramiko.SSHClient()
        self.host = host

    def __enter__(self) -> Remote:
        self.ssh.connect(self.host)  # flags: DBS202
        return self

    def __exit__(self, *exc: object) -> None:
        self.ssh.close()  # maybe: DBS202

    def run(self, command: str) -> str:
        _, out, _ = self.ssh.exec_command(command)  # flags: DBS202
        return out.read().decode()  # maybe: DBS202


@DBOS.workflow()
def release(repo: str, hosts: list[str]) -> str:
    with stopwatch("release"), working_directory(Path(repo)):
        revision = sh("git", "rev-parse", "HEAD").strip()
    tag = f"app:{revision[:8]}"
    push(tag)
    for host in hosts:
        with Remote(host) as remote:
            remote.run(f"docker pull {tag}")
    k8s.AppsV1Api().patch_namespaced_deployment("app", "prod", {"tag": tag})  # flags: DBS202
    if sys.platform == "win32":  # maybe: DBS303
        return "windows"
    shutil.rmtree(repo, ignore_errors=True)  # flags: DBS203
    return tag


@DBOS.workflow()
def package(folder: str) -> str:
    target = f"{folder}.tar.gz"
    with tarfile.open(target, "w:gz") as archive:  # flags: DBS203
        archive.add(folder)  # maybe: DBS203
    os.kill(os.getppid(), signal.SIGHUP)  # flags: DBS204 DBS303
    return target
