from __future__ import annotations

import datetime
import subprocess

from compat import step, workflow


@step()
def build(repo: str) -> str:
    return subprocess.run(["make", "-C", repo], capture_output=True, text=True).stdout


@step(retries_allowed=True)
def upload(log: str) -> str:
    return subprocess.check_output(["upload", log], text=True)


def revision(repo: str) -> str:
    return subprocess.check_output(["git", "-C", repo, "rev-parse", "HEAD"], text=True)  # flags: DBS204


@workflow()
def release(repo: str) -> str:
    commit = revision(repo)
    log = build(repo)
    tag = f"{datetime.date.today():%Y.%m.%d}-{commit[:7]}"  # flags: DBS001
    upload(log)
    return tag


class Pipeline:
    def __init__(self, repo: str) -> None:
        self.repo = repo

    @staticmethod
    @workflow()
    def nightly(repo: str) -> str:
        return build(repo)
