from __future__ import annotations

import asyncio

from dbos import DBOS
from pydantic import BaseModel, ConfigDict, Field, computed_field, field_validator, model_validator

from repository import Author, Book, books


class BookOut(BaseModel):
    model_config = ConfigDict(from_attributes=True, frozen=True)

    title: str = Field(min_length=1)
    tags: frozenset[str] = frozenset()

    @field_validator("title", mode="after")
    @classmethod
    def trimmed(cls, value: str) -> str:
        return value.strip()

    @model_validator(mode="after")
    def tagged(self) -> BookOut:
        return self

    @computed_field
    @property
    def slug(self) -> str:
        return self.title.lower().replace(" ", "-")


@DBOS.step()
async def titles(author: str) -> list[str]:
    async with books() as repository:
        return await repository.by(author)


@DBOS.step()
async def index(slug: str) -> str:
    return slug


@DBOS.workflow()
async def reindex(author: str) -> list[str]:
    found = [BookOut(title=title) for title in await titles(author)]
    return [await index(book.slug) for book in found]


@DBOS.workflow()
async def reindex_directly(author: str) -> list[str]:
    async with books() as repository:
        names = await repository.by(author)
    answers = await asyncio.gather(*[index(name) for name in names], return_exceptions=True)
    return [str(answer) for answer in answers]


@DBOS.workflow()
async def add(title: str, tags: list[str]) -> str:
    out = BookOut(title=title, tags=frozenset(tags))
    for tag in out.tags:  # flags: DBS501
        await index(tag)
    row = Book(title=out.title, author=Author(name="unknown"))
    payload = out.model_dump(mode="json", exclude={"tags"})
    return await index(f"{row.title} {payload['title']}")


@DBOS.workflow()
async def add_quickly(title: str) -> str:
    task = asyncio.create_task(reindexed(title))  # flags: DBS405
    slug = await index(title)
    return slug + await task


async def reindexed(title: str) -> str:
    one = await index(title)
    return one + await index(one)
