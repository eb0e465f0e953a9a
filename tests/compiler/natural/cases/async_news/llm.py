from openai import AsyncOpenAI


class Summarizer:
    def __init__(self, model: str) -> None:
        self.model = model
        self.client = AsyncOpenAI()

    async def summarize(self, text: str) -> str:
        response = await self.client.chat.completions.create(  # flags: DBS202
            model=self.model, messages=[{"role": "user", "content": text}]
        )
        return response.choices[0].message.content
