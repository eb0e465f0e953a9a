"""Clients of services, databases and models as programs use them: made once, called anywhere."""

import asyncio, os, json, re, hashlib, logging, subprocess, sqlite3, smtplib, uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path
from email.mime.text import MIMEText
import boto3, httpx, requests, redis, stripe, openai, aiohttp
import pandas as pd
import numpy as np
from anthropic import Anthropic
from openai import AsyncOpenAI, OpenAI
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.ext.asyncio import create_async_engine, async_sessionmaker
from slack_sdk import WebClient
from twilio.rest import Client as TwilioClient
from pymongo import MongoClient
from google.cloud import storage
from azure.storage.blob import BlobServiceClient
from langchain_openai import ChatOpenAI
from langchain_core.prompts import ChatPromptTemplate
from pydantic_ai import Agent
from kafka import KafkaProducer
from elasticsearch import Elasticsearch
from dbos import DBOS

engine = create_engine("x")
SessionLocal = sessionmaker(bind=engine)
async_engine = create_async_engine("x")
AsyncSessionLocal = async_sessionmaker(async_engine)
s3 = boto3.client("s3")
table = boto3.resource("dynamodb").Table("t")
r = redis.Redis.from_url("x")
llm = ChatOpenAI()
agent = Agent("openai:gpt")
mongo = MongoClient("x")
es = Elasticsearch("x")
producer = KafkaProducer()
aclient = AsyncOpenAI()

@DBOS.workflow()
def w1(x: str) -> None:
    with Session(engine) as session:
        rows = session.execute(select(text("1"))).scalars().all()  # flags: DBS205
        session.commit()  # flags: DBS205
    with SessionLocal() as db:
        db.query(int).filter_by(a=1).first()  # flags: DBS205
    with engine.begin() as conn:  # flags: DBS205
        conn.execute(text("x"))  # flags: DBS205

@DBOS.workflow()
def w2(x: str) -> None:
    s3.put_object(Bucket="b", Key="k")  # flags: DBS202
    for page in s3.get_paginator("list_objects").paginate(Bucket="b"):  # flags: DBS202
        pass
    table.put_item(Item={})  # flags: DBS202
    r.pipeline().set("a", 1).execute()  # flags: DBS202
    r.get("k")  # flags: DBS202
    stripe.PaymentIntent.create(amount=5)  # flags: DBS202
    OpenAI().chat.completions.create(model="m")  # flags: DBS202
    Anthropic().messages.create(model="m")  # flags: DBS202
    WebClient(token="t").chat_postMessage(channel="c")  # flags: DBS202
    TwilioClient("a", "b").messages.create(to="x")  # flags: DBS202
    mongo.shop.orders.find_one({"a": 1})  # flags: DBS205
    mongo["shop"]["orders"].insert_one({})  # flags: DBS205
    storage.Client().bucket("b").blob("k").upload_from_string("x")  # flags: DBS202
    BlobServiceClient.from_connection_string("c").get_blob_client("c", "b").upload_blob(b"x")  # flags: DBS202
    es.search(index="i")  # flags: DBS202
    producer.send("t", b"x")  # flags: DBS202

@DBOS.workflow()
async def w3(x: str) -> str:
    async with AsyncSessionLocal() as session:
        result = await session.execute(select(text("1")))  # flags: DBS205
        row = result.scalar_one()
    async with aiohttp.ClientSession() as http:
        async with http.get("u") as response:  # flags: DBS202
            body = await response.json()
    async with httpx.AsyncClient() as c:
        reply = await c.get("u")  # flags: DBS202
        reply.raise_for_status()
    answer = await aclient.chat.completions.create(model="m")  # flags: DBS202
    chain = ChatPromptTemplate.from_template("x") | llm
    out = await llm.ainvoke("x")  # flags: DBS208
    result2 = await agent.run("x")  # flags: DBS208
    return str(row)

@DBOS.workflow()
def w4(x: str) -> str:
    df = pd.read_csv("x.csv")  # flags: DBS203
    df.groupby("a").sum().to_csv("out.csv")  # flags: DBS203
    rng = np.random.default_rng(42)
    rng.choice([1, 2])
    np.random.shuffle([1])  # flags: DBS101
    p = Path("a") / "b" / "c.txt"
    p.parent.mkdir(parents=True)  # flags: DBS203
    p.with_suffix(".bak").write_text("x")  # flags: DBS203
    q = p.parent.joinpath("x").name.upper()
    m = re.match("a", x)
    h = hashlib.sha256(x.encode()).hexdigest()
    msg = MIMEText("x")
    with smtplib.SMTP("h") as server:  # flags: DBS201
        server.send_message(msg)  # flags: DBS201
    deadline = datetime(2024, 1, 1, tzinfo=timezone.utc) + timedelta(days=1)
    key = uuid.uuid5(uuid.NAMESPACE_DNS, x)
    return json.dumps({"h": h, "k": str(key), "d": deadline.isoformat(), "q": q, "m": m and m.group(0)})
