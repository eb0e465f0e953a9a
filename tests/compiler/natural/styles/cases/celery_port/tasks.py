"""What was a Celery project; some tasks stayed there."""

from __future__ import annotations

from celery import Celery, chain, shared_task
from dbos import DBOS, Queue

celery_app = Celery("media", broker="redis://broker")
media = Queue("media", worker_concurrency=2)


@celery_app.task(bind=True, max_retries=3)
def old_thumbnail(self, path: str) -> str:
    return path + ".png"


@shared_task
def old_notify(path: str) -> None:
    print(path)


@DBOS.step()
def thumbnail(path: str) -> str:
    return path + ".webp"


@DBOS.step()
def hand_over(path: str) -> str:
    return old_notify.delay(path).id


@DBOS.workflow()
def process(path: str) -> str:
    small = thumbnail(path)
    hand_over(small)
    return small


@DBOS.workflow()
def process_half_ported(path: str) -> str:
    small = thumbnail(path)
    old_notify.delay(small)  # flags: DBS202
    return small


@DBOS.workflow()
def process_chain(path: str) -> str:
    chain(old_thumbnail.s(path), old_notify.s()).apply_async()  # flags: DBS202
    return path


@DBOS.workflow()
def process_many(paths: list[str]) -> list[str]:
    handles = [media.enqueue(process, path) for path in paths]
    return [handle.get_result() for handle in handles]


@DBOS.workflow()
def process_eagerly(paths: list[str]) -> list[str]:
    old = celery_app.send_task("media.old", args=paths)  # flags: DBS202
    return [str(old.get(timeout=10))]  # flags: DBS202
