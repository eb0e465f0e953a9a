from __future__ import annotations

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    region: str = "eu"
    debug: bool = False


settings = Settings()
