import pluggy

hookspec = pluggy.HookspecMarker("board")
hookimpl = pluggy.HookimplMarker("board")


class BoardSpec:
    @hookspec
    def score(self, ticket: str) -> int:
        """How urgent a ticket is."""

    @hookspec(firstresult=True)
    def label(self, ticket: str) -> str:
        """The label of a ticket."""

    @hookspec
    def route(self, ticket: str) -> str:
        """Who gets a ticket."""
