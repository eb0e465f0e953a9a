"""Fan out transcoding over a queue; clean parts and a few shortcuts."""

from __future__ import annotations

import enum
import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from dbos import DBOS, Queue, SetEnqueueOptions, SetWorkflowID

transcode_queue = Queue("transcode", worker_concurrency=2)
tenant_queue = Queue("tenants", partition_queue=True, concurrency=1)


class Profile(enum.StrEnum):
    LOW = "480p"
    MEDIUM = "720p"
    HIGH = "1080p"


@dataclass(frozen=True)
class Job:
    source: str
    profile: Profile

    @property
    def target(self) -> str:
        name = PurePosixPath(self.source)
        return str(name.with_name(f"{name.stem}-{self.profile.value}.mp4"))


@DBOS.step()
def probe(path: str) -> dict:
    out = subprocess.run(["ffprobe", "-of", "json", path], capture_output=True, check=True)
    return json.loads(out.stdout)


@DBOS.step(retries_allowed=True, max_attempts=2)
def transcode(job: Job) -> str:
    subprocess.run(["ffmpeg", "-i", job.source, "-s", job.profile, job.target], check=True)
    return job.target


def profiles_for(info: dict) -> list[Profile]:
    height = max((stream.get("height", 0) for stream in info["streams"]), default=0)
    match height:
        case h if h >= 1080:
            return list(Profile)
        case h if h >= 720:
            return [Profile.LOW, Profile.MEDIUM]
        case _:
            return [Profile.LOW]


def free_space(path: str) -> int:
    return shutil.disk_usage(path).free  # flags: DBS303


@DBOS.workflow()
def transcode_one(job: Job) -> str:
    return transcode(job)


@DBOS.workflow()
def process_upload(path: str, tenant: str) -> list[str]:
    info = probe(path)
    if free_space("/data") < 10 * 2**30:
        raise RuntimeError("disk is nearly full")
    handles = []
    for profile in profiles_for(info):
        with SetWorkflowID(f"{DBOS.workflow_id}-{profile}"):
            handles.append(transcode_queue.enqueue(transcode_one, Job(path, profile)))
    targets = [handle.get_result() for handle in handles]
    Path(path).unlink(missing_ok=True)  # flags: DBS203
    return targets


def upload_endpoint(path: str, tenant: str) -> str:
    with SetEnqueueOptions(queue_partition_key=tenant):
        return tenant_queue.enqueue(process_upload, path, tenant).workflow_id


def upload_forgotten_key(path: str, tenant: str) -> str:
    return tenant_queue.enqueue(process_upload, path, tenant).workflow_id  # flags: DBS827
