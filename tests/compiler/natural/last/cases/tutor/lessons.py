from __future__ import annotations

import json
import random
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from string import ascii_letters

import instructor
from dbos import DBOS
from openai import OpenAI
from pydantic import BaseModel, Field, computed_field, model_validator

client = instructor.from_openai(OpenAI())
DATA = Path(__file__).parent / "lessons"


class Question(BaseModel):
    text: str
    answers: list[str]
    code: str = Field(default_factory=lambda: "".join(random.choices(ascii_letters, k=6)))

    @computed_field
    @property
    def label(self) -> str:
        return f"{self.code}: {self.text}"

    @model_validator(mode="after")
    def trimmed(self) -> Question:
        self.answers = [answer.strip() for answer in self.answers]
        return self


@DBOS.step(retries_allowed=True)
def generate(topic: str) -> Question:
    return client.chat.completions.create(
        model="gpt-4o", response_model=Question, messages=[{"role": "user", "content": topic}]
    )


@contextmanager
def lesson_file(name: str) -> Generator[dict, None, None]:
    path = DATA / f"{name}.json"
    data = json.loads(path.read_text())  # flags: DBS203
    yield data
    path.write_text(json.dumps(data))  # flags: DBS203


def shuffled(items: list[str], shuffle: Callable[[list[str]], None] = random.shuffle) -> list[str]:
    copy = list(items)
    shuffle(copy)  # flags: DBS101
    return copy


@DBOS.workflow()
def lesson(topic: str) -> list[str]:
    question = generate(topic)
    with lesson_file(topic) as data:
        data["questions"] = data.get("questions", 0) + 1
    order = shuffled(question.answers)
    DBOS.set_event("question", question.label)
    given = DBOS.recv("answer", timeout_seconds=600)
    return [given or "-", *order]


@DBOS.workflow()
def fallback(topic: str) -> str:
    question = Question(text=topic, answers=[" a ", "b"])  # flags: DBS101
    explanation = client.chat.completions.create(  # flags: DBS202
        model="gpt-4o", response_model=Question, messages=[]
    )
    return question.label + explanation.text
