from __future__ import annotations

from functools import lru_cache
from typing import Annotated

from dbos import DBOS
from fastapi import APIRouter, Depends, FastAPI
from twilio.rest import Client

from services import FixedRates, Notifier, Rates, RemoteRates, SmsNotifier

app = FastAPI()
router = APIRouter()


@lru_cache
def notifier() -> Notifier:
    return SmsNotifier(Client("sid", "token"))


def fixed_rates() -> Rates:
    return FixedRates({"EUR": 1.0})


@DBOS.step()
def tell(to: str, text: str) -> str:
    return notifier().notify(to, text)


@DBOS.workflow()
def invite(to: str, currency: str) -> str:
    rate = FixedRates({"EUR": 1.0, "CHF": 0.9}).rate(currency)
    return tell(to, f"rate {rate}")


@DBOS.workflow()
def invite_directly(to: str) -> str:
    return notifier().notify(to, "hello")


@DBOS.workflow()
def convert(cents: int, currency: str) -> float:
    rates: Rates = RemoteRates()
    return cents * rates.rate(currency)


@router.post("/invite")
def post_invite(to: str, rates: Annotated[Rates, Depends(fixed_rates)]) -> dict[str, str]:
    handle = DBOS.start_workflow(invite, to, "EUR")
    return {"id": handle.workflow_id, "rate": str(rates.rate("EUR"))}


app.include_router(router)
