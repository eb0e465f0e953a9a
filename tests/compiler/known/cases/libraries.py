"""Many libraries, each used once: what acts is flagged where it acts, what computes is not."""

import asyncio, csv, glob, io, os, shutil, tempfile, threading, time, urllib.request, zipfile, socket, ssl, random, secrets, platform, getpass, logging, http.client, xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from urllib.parse import urlparse, urlencode
from zoneinfo import ZoneInfo
import asyncpg, psycopg, psycopg2, pymysql, aiosqlite, sqlite3, motor.motor_asyncio
import arrow, pendulum, jwt, bcrypt, shortuuid, nanoid, ulid, faker
from cryptography.fernet import Fernet
from dotenv import load_dotenv
from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings
from loguru import logger
import structlog
from django.utils import timezone
from django.db import models, transaction
from celery import Celery, shared_task
from confluent_kafka import Producer
from playwright.sync_api import sync_playwright
from selenium import webdriver
from bs4 import BeautifulSoup
from lxml import etree
from jinja2 import Template
import yaml, orjson
from langgraph.graph import StateGraph
from crewai import Crew
import litellm, cohere
from google.cloud import pubsub_v1, bigquery, firestore
from azure.identity import DefaultAzureCredential
import paramiko, docker, grpc, websockets, anyio, trio, aiofiles
from tenacity import retry, stop_after_attempt
from peewee import Model
from tortoise import models as tmodels
from openai import OpenAI
from dbos import DBOS

log = structlog.get_logger()
app = Celery("x")

class Order(models.Model):
    name = models.TextField()

class Settings(BaseSettings):
    key: str = "x"

class Ask(BaseModel):
    q: str = Field(default="x")

class Service:
    def __init__(self) -> None:
        self.openai = OpenAI()
        self.log = logging.getLogger("x")
    def ask(self, q: str) -> str:
        return self.openai.responses.create(model="m", input=q).output_text  # flags: DBS202

def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url) as response:  # flags: DBS201
        return response.read()

@DBOS.workflow()
def a1(x: str) -> None:
    fetch(x)
    service = Service()
    service.ask(x)
    Order(name="x").save()  # flags: DBS205
    timezone.now()  # flags: DBS001
    arrow.utcnow().shift(days=1)  # flags: DBS001
    pendulum.now().add(days=1)  # flags: DBS001
    jwt.encode({}, "k")
    bcrypt.hashpw(b"x", bcrypt.gensalt())  # flags: DBS103
    shortuuid.uuid()  # flags: DBS104
    nanoid.generate()  # flags: DBS104
    Fernet.generate_key()  # flags: DBS103
    load_dotenv()  # flags: DBS301
    Settings()  # flags: DBS301
    Ask(q="x").model_dump_json()
    BeautifulSoup("x").find("a").get_text().strip()
    etree.fromstring("x").xpath("a")
    Template("x").render(a=1)
    yaml.safe_load("x")
    orjson.dumps({})

@DBOS.workflow()
def a2(x: str) -> None:
    Producer({}).produce("t", b"x")  # flags: DBS202
    with sync_playwright() as p:  # flags: DBS201
        pass
    StateGraph(dict).compile().invoke({})  # flags: DBS208
    Crew(agents=[], tasks=[]).kickoff()  # flags: DBS208
    litellm.completion(model="m", messages=[])  # flags: DBS202
    bigquery.Client().query("x")  # flags: DBS202
    firestore.Client().collection("c").document("d").get()  # flags: DBS202
    docker.from_env().containers.run("x")  # flags: DBS202, DBS301
    client = paramiko.SSHClient()
    client.connect("h")  # flags: DBS202
    client.close()
    with closing(sqlite3.connect("x")) as c:  # flags: DBS205
        c.execute("x")  # flags: DBS205
    with ExitStack() as stack:
        f = stack.enter_context(open("x"))  # flags: DBS203
        for row in csv.reader(f):
            pass
    with zipfile.ZipFile("x") as z:  # flags: DBS203
        z.namelist()
    with tempfile.TemporaryDirectory() as d:  # flags: DBS203
        os.path.join(d, "x")
    ET.fromstring("<a/>").find("b")
    urlparse(x).netloc.lower()
    ZoneInfo("UTC")
    random.Random(x).sample([1, 2], 1)
    io.StringIO("x").read()
    socket.gethostname()  # flags: DBS303
    platform.node()  # flags: DBS303

@DBOS.workflow()
async def a3(x: str) -> None:
    pool = await asyncpg.create_pool("x")  # flags: DBS205
    async with pool.acquire() as conn:  # flags: DBS205
        await conn.fetch("x")  # flags: DBS205
    async with await psycopg.AsyncConnection.connect("x") as aconn:  # flags: DBS205
        async with aconn.cursor() as cur:
            await cur.execute("x")  # flags: DBS205
            await cur.fetchall()
    async with aiosqlite.connect("x") as db:  # flags: DBS205
        await db.execute("x")  # flags: DBS205
    async with aiofiles.open("x") as f:  # flags: DBS203
        await f.read()
    async with websockets.connect("x") as ws:  # flags: DBS201
        await ws.send("x")  # flags: DBS202
    await anyio.sleep(1)  # flags: DBS003
    mongo = motor.motor_asyncio.AsyncIOMotorClient("x")
    await mongo.shop.orders.insert_one({})  # flags: DBS205
    await mongo["shop"]["orders"].find_one({})  # flags: DBS205
    with anyio.fail_after(3):  # flags: DBS004
        pass
