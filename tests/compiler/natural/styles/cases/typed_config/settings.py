from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import tomllib
from dotenv import dotenv_values, load_dotenv
from pydantic_settings import BaseSettings, SettingsConfigDict

load_dotenv()


class Mail(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="MAIL_")
    host: str = "localhost"
    port: int = 25


@dataclass(frozen=True)
class Limits:
    items: int = 10
    region: str = field(default_factory=lambda: os.environ.get("REGION", "eu"))

    @classmethod
    def from_file(cls, path: str) -> Limits:
        loaded = tomllib.loads(Path(path).read_text())  # flags: DBS203
        return cls(items=loaded["items"], region=loaded["region"])


@lru_cache(maxsize=1)
def mail_settings() -> Mail:
    return Mail()  # flags: DBS301


def secrets() -> dict[str, str | None]:
    return dotenv_values(".env")  # flags: DBS301
