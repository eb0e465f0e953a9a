from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")

    reminder_hours: int = Field(default=24, ge=1)
    sms_sender: str = "+1000"
    templates: Path = Path("templates")


settings = Settings()


@lru_cache
def template(name: str) -> str:
    return (settings.templates / name).read_text()  # flags: DBS203  # maybe: DBS302
