from __future__ import annotations

from anthropic import Anthropic, AsyncAnthropic
from dbos import DBOS
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI
from llama_index.core import VectorStoreIndex

prompt = ChatPromptTemplate.from_template("Summarize: {text}")
chain = prompt | ChatOpenAI(model="gpt-small") | StrOutputParser()
claude = Anthropic()


class Researcher:
    def __init__(self, index: VectorStoreIndex) -> None:
        self.engine = index.as_query_engine()
        self.remote = AsyncAnthropic()

    def look_up(self, question: str) -> str:
        return str(self.engine.query(question))  # flags: DBS208

    async def ask(self, question: str) -> str:
        message = await self.remote.messages.create(  # flags: DBS202
            model="claude-small", max_tokens=100, messages=[{"role": "user", "content": question}]
        )
        return message.content[0].text


def researcher() -> Researcher:
    return Researcher(VectorStoreIndex.from_documents([]))  # flags: DBS208


@DBOS.step()
def summarize(text: str) -> str:
    return chain.invoke({"text": text})


@DBOS.step()
def count(text: str) -> int:
    return claude.messages.count_tokens(model="claude-small", messages=[]).input_tokens


@DBOS.workflow()
def digest(texts: list[str]) -> str:
    parts = [summarize(text) for text in texts]
    question = prompt.format_messages(text="\n".join(parts))
    return summarize(str(question))


@DBOS.workflow()
def digest_directly(text: str) -> str:
    return chain.invoke({"text": text})  # flags: DBS208


@DBOS.workflow()
def search(question: str) -> str:
    return researcher().look_up(question)


@DBOS.workflow()
async def ask(question: str, researchers: list[Researcher]) -> list[str]:
    return [await each.ask(question) for each in researchers]
