"""Clean code that looks suspicious."""

from __future__ import annotations

import datetime as dt
import logging
import os.path
import random
import time
import uuid
from collections import ChainMap, Counter
from pathlib import PurePosixPath

import numpy as np
import pandas as pd
from dbos import DBOS, Queue, SetWorkflowID
from pydantic import BaseModel, Field, field_validator

log = logging.getLogger(__name__)
jobs = Queue("jobs", concurrency=4)


class Job(BaseModel):
    id: str
    at: dt.datetime
    tags: list[str] = Field(default_factory=list)

    @field_validator("tags")
    @classmethod
    def lowered(cls, value: list[str]) -> list[str]:
        return [tag.lower() for tag in value]


class Cache:
    """A cache of one run."""

    def __init__(self) -> None:
        self.values: dict[str, int] = {}

    def get(self, key: str) -> int | None:
        return self.values.get(key)

    def post(self, key: str, value: int) -> None:
        self.values[key] = value


class time_source:
    @staticmethod
    def time() -> float:
        return 0.0


@DBOS.step()
def now() -> float:
    return time.time()


@DBOS.step()
def new_id() -> str:
    return str(uuid.uuid4())


@DBOS.workflow()
def schedule(job: Job) -> dict[str, object]:
    cache = Cache()
    cache.post("a", 1)
    started = dt.datetime.fromtimestamp(now(), tz=dt.UTC)
    late = started - job.at > dt.timedelta(hours=1)
    rng = random.Random(job.id)
    rng.shuffle(job.tags)
    sample = np.random.default_rng(7).normal(size=3)
    frame = pd.DataFrame({"x": sample}).describe()
    path = PurePosixPath("/a") / job.id
    name = os.path.join("x", os.path.basename(str(path)))
    counts = Counter(job.tags)
    settings = ChainMap({"a": 1}, {"b": 2})
    log.info("job %s at %s", job.id, time_source.time())
    with SetWorkflowID(new_id()):
        handle = jobs.enqueue(child, name)
    try:
        result = handle.get_result()
    except Exception as error:
        log.exception("failed")
        DBOS.set_event("error", str(error))
        raise
    finally:
        log.debug("done")
    return {
        "late": late,
        "mean": float(frame["x"]["mean"]),
        "tags": sorted(set(job.tags)),
        "most": counts.most_common(1),
        "a": settings["a"],
        "cached": cache.get("a"),
        "result": result,
    }


@DBOS.workflow()
def child(name: str) -> str:
    while True:
        message = DBOS.recv("next", timeout_seconds=60)
        if message is None or message == "stop":
            return name
        DBOS.write_stream("seen", message)
