"""Clients of services: cloud, language models, caches, chat, payment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anthropic
import boto3
import redis
import stripe
from openai import AsyncOpenAI, OpenAI
from slack_sdk import WebClient
from twilio.rest import Client as Twilio

from dbos import DBOS

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

RUNNABLE = False
openai = OpenAI()
bucket = boto3.client("s3")
cache = redis.Redis(host="localhost")


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


class Assistant:
    def __init__(self) -> None:
        self.client = anthropic.Anthropic()

    def answer(self, question: str) -> str:
        message = self.client.messages.create(model="m", messages=[question])  # flags: DBS202
        return message.content


@DBOS.workflow()
def summarise(text: str) -> str:
    answer = openai.chat.completions.create(model="m", messages=[text])  # flags: DBS202
    save("answer", answer)
    return answer.choices[0].message.content


@DBOS.workflow()
def by_annotation(client: OpenAI, text: str) -> str:  # flags: DBS851
    embedding = client.embeddings.create(model="m", input=text)  # flags: DBS202
    save("embedding", embedding)
    return text


@DBOS.workflow()
async def awaited(text: str) -> str:
    client = AsyncOpenAI()
    answer = await client.responses.create(model="m", input=text)  # flags: DBS202
    return answer.output_text


@DBOS.workflow()
def assisted(question: str) -> str:
    answer = Assistant().answer(question)
    save("answer", answer)
    return answer


@DBOS.workflow()
def uploaded(name: str) -> str:
    bucket.put_object(Bucket="b", Key=name, Body=b"")  # flags: DBS202
    return name


@DBOS.workflow()
def cached(name: str) -> str:
    value = cache.get(name)  # flags: DBS202
    save(name, value)
    return str(value)


@DBOS.workflow()
def paid(order_id: str) -> str:
    charge = stripe.Charge.create(amount=500, currency="eur")  # flags: DBS202
    save(order_id, charge.id)
    return order_id


@DBOS.workflow()
def announced(name: str) -> None:
    WebClient(token="t").chat_postMessage(channel="c", text=name)  # flags: DBS202
    Twilio("a", "b").messages.create(to="1", from_="2", body=name)  # flags: DBS202


@DBOS.workflow()
def searched(index: Elasticsearch, name: str) -> int:
    found = index.search(index="orders", query={"match": {"name": name}})  # flags: DBS202
    save(name, found)
    return len(found)
