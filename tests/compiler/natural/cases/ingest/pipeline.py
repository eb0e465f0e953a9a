"""Document ingestion: download, split, embed, store."""

import hashlib
import os
from pathlib import Path

import pgvector.psycopg
import psycopg
from dbos import DBOS, Queue
from openai import OpenAI

from chunking import Chunk, split
from downloads import cleanup, download, guess_type

queue = Queue("ingest", concurrency=10)
client = OpenAI()
WORKDIR = Path(os.environ.get("WORKDIR", "/tmp/ingest"))


@DBOS.step(retries_allowed=True)
def embed(texts: list[str]) -> list[list[float]]:
    response = client.embeddings.create(model="text-embedding-3-small", input=texts)
    return [item.embedding for item in response.data]


@DBOS.step()
def fetch(url: str) -> str:
    return download(url, WORKDIR)


@DBOS.step()
def store(doc_id: str, chunks: list[Chunk], vectors: list[list[float]]) -> int:
    with psycopg.connect(os.environ["DATABASE_URL"]) as conn:
        pgvector.psycopg.register_vector(conn)
        with conn.cursor() as cur:
            for chunk, vector in zip(chunks, vectors):
                cur.execute("INSERT INTO chunks VALUES (%s, %s, %s)", (doc_id, chunk.text, vector))
    return len(chunks)


def summarize(text: str) -> str:
    completion = client.chat.completions.create(  # flags: DBS202
        model="gpt-4o-mini", messages=[{"role": "user", "content": f"Summarize: {text}"}]
    )
    return completion.choices[0].message.content or ""


@DBOS.workflow()
def ingest_document(url: str) -> dict:
    path = fetch(url)
    text = Path(path).read_text()  # flags: DBS203
    doc_id = hashlib.sha256(url.encode()).hexdigest()[:16]
    kind = guess_type(path)
    chunks = split(text, size=800)
    stored = 0
    for start in range(0, len(chunks), 50):
        batch = chunks[start : start + 50]
        vectors = embed([chunk.text for chunk in batch])
        stored += store(doc_id, batch, vectors)
    summary = summarize(text[:4000])
    cleanup(path)
    return {"id": doc_id, "kind": kind, "chunks": stored, "summary": summary}


@DBOS.workflow()
def ingest_all(urls: list[str]) -> int:
    handles = [queue.enqueue(ingest_document, url) for url in set(urls)]  # flags: DBS501
    return sum(handle.get_result()["chunks"] for handle in handles)


@DBOS.workflow()
def ingest_folder(folder: str) -> int:
    count = 0
    for path in sorted(Path(folder).glob("*.pdf")):  # flags: DBS203
        queue.enqueue(ingest_document, path.as_uri())
        count += 1
    return count
