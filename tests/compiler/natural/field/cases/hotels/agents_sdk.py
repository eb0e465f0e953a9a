from agents import Agent, Runner, function_tool
from dbos import DBOS


@function_tool
@DBOS.step()
async def rooms(city: str) -> list[str]:
    return [city]


concierge = Agent(name="concierge", instructions="help", tools=[rooms])


@DBOS.step()
async def answer(question: str) -> str:
    result = await Runner.run(concierge, question)
    return result.final_output


@DBOS.workflow()
async def help_guest(question: str) -> str:
    return await answer(question)


@DBOS.workflow()
async def help_directly(question: str) -> str:
    result = await Runner.run(concierge, question)  # flags: DBS208
    return result.final_output
