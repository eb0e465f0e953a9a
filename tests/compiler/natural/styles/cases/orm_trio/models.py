from __future__ import annotations

import datetime

import peewee
from beanie import Document
from tortoise import fields
from tortoise.models import Model

database = peewee.SqliteDatabase("books.db")


class Book(peewee.Model):
    title = peewee.CharField()
    added = peewee.DateTimeField(default=datetime.datetime.now)

    class Meta:
        database = database


class Reader(Model):
    id = fields.IntField(primary_key=True)
    name = fields.TextField()


class Review(Document):
    title: str
    stars: int
