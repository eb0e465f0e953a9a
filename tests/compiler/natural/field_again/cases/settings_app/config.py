import os
from functools import lru_cache

from pydantic import BaseModel
from pydantic_settings import BaseSettings


class Limits(BaseModel):
    daily: int = 10
    weekly: int = 50


class Settings(BaseSettings):
    region: str = "eu"
    limits: Limits = Limits()


@lru_cache
def get_settings() -> Settings:
    return Settings()  # flags: DBS301


class Flags:
    beta = os.getenv("BETA") == "1"
    colour = "red"
