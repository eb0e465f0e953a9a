"""Libraries of agents, documents, tables and messages that published programs use beside the rest."""

import apprise
import frontmatter
import segno
from browserbase import Browserbase
from crawl4ai import AsyncWebCrawler, CrawlerRunConfig
from dbos import DBOS
from deltalake import DeltaTable
from docling.document_converter import DocumentConverter
from eth_account import Account
from exchangelib import Account as Mailbox
from exchangelib import Credentials, Message
from dbos_google_adk import DBOSPlugin
from faster_whisper import WhisperModel
from google.adk.agents import LlmAgent
from google.adk.runners import Runner
from icalendar import Calendar
from markitdown import MarkItDown
from odmantic import AIOEngine
from ortools.sat.python import cp_model
from pynamodb.attributes import UnicodeAttribute
from pynamodb.models import Model
from swarm import Agent, Swarm
from thefuzz import fuzz


class Order(Model):
    number = UnicodeAttribute(hash_key=True)


def read_note(path: str) -> str:
    note = frontmatter.load(path)  # flags: DBS203
    return str(note.content)


def parse_note(text: str) -> dict[str, object]:
    note = frontmatter.loads(text)
    return dict(note.metadata)


def plan(sizes: list[int]) -> int:
    model = cp_model.CpModel()
    chosen = [model.NewBoolVar(str(size)) for size in sizes]
    model.Maximize(sum(chosen))
    return cp_model.CpSolver().Solve(model)


def same(left: str, right: str) -> bool:
    return fuzz.ratio(left, right) > 90


def invitation(text: str) -> str:
    calendar = Calendar.from_ical(text)
    return str(calendar.to_ical())


async def crawl(url: str) -> str:
    settings = CrawlerRunConfig()
    async with AsyncWebCrawler() as crawler:
        page = await crawler.arun(url, config=settings)  # flags: DBS202
    return str(page.markdown)


async def stored(engine: AIOEngine, name: str) -> object:
    return await engine.find_one(Order, Order.number == name)  # flags: DBS205


def notify(text: str) -> None:
    sender = apprise.Apprise()
    sender.notify(body=text)  # flags: DBS202


def send(text: str) -> None:
    account = Mailbox("a@b.c", credentials=Credentials("a", "b"))
    Message(account=account, subject=text)
    account.inbox.all()  # flags: DBS202


@DBOS.workflow()
def documents(path: str) -> str:
    text = read_note(path)
    note = parse_note(text)
    converted = DocumentConverter().convert(path)  # flags: DBS203
    plain = MarkItDown().convert(path)  # flags: DBS203
    code = segno.make(text).svg_inline()
    return f"{note}{converted}{plain}{code}{invitation(text)}"


@DBOS.workflow()
def tables(path: str) -> object:
    table = DeltaTable(path)  # flags: DBS203
    order = Order.get("1")  # flags: DBS205
    wallet = Account.create()  # flags: DBS103
    return (table, order, wallet.address, plan([1, 2]), same("a", "b"))


@DBOS.workflow()
def agents(prompt: str) -> str:
    helper = Agent(name="helper")
    reply = Swarm().run(agent=helper, messages=[])  # flags: DBS208
    heard = WhisperModel("small").transcribe("a.wav")  # flags: DBS208
    session = Browserbase().sessions.create()  # flags: DBS202
    notify(prompt)
    send(prompt)
    return f"{reply}{heard}{session}"


@DBOS.workflow()
async def pages(engine: AIOEngine, url: str) -> str:
    await stored(engine, url)
    return await crawl(url)


HELPER = LlmAgent(name="helper", model="m")
RECORDED = Runner(app_name="a", agent=HELPER, plugins=[DBOSPlugin()])
UNRECORDED = Runner(app_name="b", agent=HELPER)


@DBOS.workflow()
async def recorded_by_a_plugin(prompt: str) -> str:
    async for event in RECORDED.run_async(user_id="u", session_id="s", new_message=prompt):
        if event.is_final_response():
            return str(event.content)
    return ""


@DBOS.workflow()
async def not_recorded(prompt: str) -> str:
    said = UNRECORDED.run_async(user_id="u", session_id="s", new_message=prompt)  # flags: DBS208
    async for event in said:
        if event.is_final_response():
            return str(event.content)
    return ""
