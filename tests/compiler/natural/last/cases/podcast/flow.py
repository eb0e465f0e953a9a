from __future__ import annotations

import os
import tempfile
from pathlib import Path

import requests
from dbos import DBOS, Queue
from requests.adapters import HTTPAdapter

from feeds import Episode, parse, slug, stamp

session = requests.Session()
session.mount("https://", HTTPAdapter(max_retries=3))
download_queue = Queue("downloads", concurrency=2)
MEDIA = Path(os.environ["MEDIA_DIR"])


@DBOS.step(retries_allowed=True, max_attempts=3)
def fetch(url: str) -> str:
    return session.get(url, timeout=10).text


@DBOS.step()
def transcribe(path: str) -> str:
    import whisper

    return whisper.load_model("base").transcribe(path)["text"]


def head(url: str) -> int:
    return int(session.head(url).headers.get("Content-Length", 0))  # flags: DBS202


def target(episode: Episode) -> Path:
    return MEDIA / f"{slug(episode.title)}.mp3"  # flags: DBS302


@DBOS.workflow()
def download(guid: str, url: str) -> str:
    if head(url) > 10**9:
        return "too large"
    with tempfile.NamedTemporaryFile(suffix=".mp3") as file:  # flags: DBS203
        file.write(fetch(url).encode())
        return transcribe(file.name)


@DBOS.workflow()
def sync(feed_url: str) -> dict[str, str]:
    fresh = [episode for episode in parse(fetch(feed_url)) if episode.age_hours < 24]
    handles = {episode.guid: download_queue.enqueue(download, episode.guid, feed_url) for episode in fresh}
    names = {str(target(episode.shortened())) for episode in fresh}
    DBOS.set_event("names", sorted(names))
    DBOS.set_event("run", stamp())
    return {guid: handle.get_result() for guid, handle in handles.items()}
