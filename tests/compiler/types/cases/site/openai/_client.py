"""The client, with its calls three attributes deep."""


class Completions:
    def create(self, *, model: str, messages: list[dict[str, str]]) -> str:
        return ""


class Chat:
    completions: Completions

    def __init__(self) -> None:
        self.completions = Completions()


class OpenAI:
    chat: Chat

    def __init__(self) -> None:
        self.chat = Chat()
