"""Settings of the payment service."""

import os
from functools import lru_cache

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    stripe_key: str = ""
    database_url: str = "sqlite:///payments.db"
    dunning_days: int = 3
    sandbox: bool = False


@lru_cache
def get_settings() -> Settings:
    return Settings()  # flags: DBS301


def feature_enabled(name: str) -> bool:
    return os.getenv(f"FEATURE_{name.upper()}", "0") == "1"  # flags: DBS301
