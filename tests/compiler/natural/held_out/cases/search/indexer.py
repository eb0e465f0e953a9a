from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from operator import itemgetter
from typing import TypedDict, TypeVar

import sqlite3
from dbos import DBOS, Queue
from elasticsearch import Elasticsearch, helpers

T = TypeVar("T")
es = Elasticsearch(os.environ.get("ES_URL", "http://localhost:9200"))
index_queue = Queue("index", concurrency=3)


class Doc(TypedDict):
    id: str
    body: str
    score: float


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, size)):
        yield batch


def tokens(text: str) -> list[str]:
    return [token for token in re.split(r"\W+", text.lower()) if token]


def changed_since(path: str, stamp: float) -> list[str]:
    names = []
    for entry in os.scandir(path):  # flags: DBS203 DBS504
        if entry.stat().st_mtime > stamp:  # flags: DBS203
            names.append(entry.name)
    return names


def read_rows(path: str) -> list[Doc]:
    with closing(sqlite3.connect(path)) as db:  # flags: DBS205
        rows = db.execute("SELECT id, body FROM docs").fetchall()  # flags: DBS205
    return [Doc(id=row[0], body=row[1], score=0.0) for row in rows]


@DBOS.step()
def bulk(docs: list[Doc]) -> int:
    return helpers.bulk(es, ({"_id": doc["id"], **doc} for doc in docs))[0]


@DBOS.workflow()
def index_batch(docs: list[Doc]) -> int:
    with suppress(ValueError):
        docs = [doc for doc in docs if tokens(doc["body"])]
    ranked = sorted(docs, key=itemgetter("score", "id"))
    return bulk(ranked)


@DBOS.workflow()
def reindex(path: str, stamp: float) -> int:
    for name in changed_since(path, stamp):
        DBOS.logger.info("changed: %s", name)
    handles = [index_queue.enqueue(index_batch, batch) for batch in batched(read_rows(path), 100)]
    total = sum(handle.get_result() for handle in handles)
    es.indices.refresh(index="docs")  # flags: DBS202
    vocabulary = {token for doc in read_rows(path) for token in tokens(doc["body"])}
    DBOS.set_event("vocabulary", list(vocabulary))  # flags: DBS505
    return total + len(vocabulary)
