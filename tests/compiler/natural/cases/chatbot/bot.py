"""A Slack bot that answers with a retrieval chain."""

from __future__ import annotations

import os
from collections import defaultdict

from dbos import DBOS, SetWorkflowID
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI
from slack_bolt import App
from slack_sdk import WebClient

from memory import ConversationMemory
from retrieval import Retriever

slack = App(token=os.environ["SLACK_TOKEN"], signing_secret=os.environ["SLACK_SECRET"])
web = WebClient(token=os.environ["SLACK_TOKEN"])
llm = ChatOpenAI(model="gpt-4o", temperature=0)
prompt = ChatPromptTemplate.from_messages([("system", "Answer from: {context}"), ("human", "{question}")])
chain = prompt | llm
retriever = Retriever()
memory = ConversationMemory()
counts: dict[str, int] = defaultdict(int)


@DBOS.step()
def post(channel: str, text: str, thread: str | None = None) -> str:
    return web.chat_postMessage(channel=channel, text=text, thread_ts=thread)["ts"]


@DBOS.step(retries_allowed=True)
def answer(question: str, context: str) -> str:
    return chain.invoke({"question": question, "context": context}).content


@DBOS.workflow()
def handle_message(channel: str, user: str, text: str) -> None:
    counts[user] += 1  # flags: DBS602
    history = memory.recent(user)
    context = retriever.search(text)
    reply = answer(text, "\n".join(history + context))
    ts = post(channel, reply)
    memory.remember(user, text, reply)
    web.reactions_add(channel=channel, timestamp=ts, name="robot")  # flags: DBS202


@DBOS.workflow()
def direct(channel: str, text: str) -> str:
    message = chain.invoke({"question": text, "context": ""})  # flags: DBS208
    post(channel, message.content)
    return message.content


@slack.event("app_mention")
def on_mention(event: dict, ack) -> None:
    ack()
    with SetWorkflowID(event["client_msg_id"]):
        DBOS.start_workflow(handle_message, event["channel"], event["user"], event["text"])
