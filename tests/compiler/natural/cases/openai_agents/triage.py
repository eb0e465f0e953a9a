from __future__ import annotations

from agents import Agent, Runner, function_tool
from dbos import DBOS
from pydantic import BaseModel


class Verdict(BaseModel):
    category: str
    urgent: bool


@function_tool
def account_balance(account: str) -> str:
    return "10 EUR"


triage_agent = Agent(name="triage", instructions="Sort mail.", output_type=Verdict)
support_agent = Agent(name="support", instructions="Answer.", tools=[account_balance])


@DBOS.step(retries_allowed=True, max_attempts=3)
async def triage(mail: str) -> Verdict:
    result = await Runner.run(triage_agent, mail)
    return result.final_output_as(Verdict)


@DBOS.step()
async def reply(to: str, text: str) -> None:
    print(to, text)


@DBOS.workflow()
async def handle_mail(sender: str, mail: str) -> str:
    verdict = await triage(mail)
    if verdict.urgent:
        await reply("oncall@example.com", mail)
    answer = await Runner.run(support_agent, mail)  # flags: DBS208
    await reply(sender, answer.final_output)
    return verdict.category
