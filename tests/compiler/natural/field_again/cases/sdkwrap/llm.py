from __future__ import annotations

from typing import Any

import openai
from anthropic import Anthropic
from dbos import DBOS
from pydantic import BaseModel


class Answer(BaseModel):
    text: str
    score: float = 0.0


class Model:
    """A thin facade over two vendors."""

    def __init__(self, vendor: str) -> None:
        self.vendor = vendor
        self._openai = openai.OpenAI()
        self._anthropic = Anthropic()

    def ask(self, prompt: str) -> Answer:
        if self.vendor == "openai":
            reply = self._openai.responses.create(model="gpt", input=prompt)  # flags: DBS202
            return Answer(text=reply.output_text)
        message = self._anthropic.messages.create(model="c", max_tokens=9, messages=[])  # flags: DBS202
        return Answer(text=message.content[0].text)


def judge(model: Model, question: str) -> float:
    return model.ask(f"rate {question}").score


@DBOS.step()
def answer(vendor: str, question: str) -> Answer:
    return Model(vendor).ask(question)


@DBOS.workflow()
def debate(question: str, rounds: int = 3) -> list[dict[str, Any]]:
    best: list[Answer] = []
    for _ in range(rounds):
        best.append(answer("openai", question))
    score = judge(Model("anthropic"), question)
    return [a.model_dump() for a in best if a.score >= score]
