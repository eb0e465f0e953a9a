"""Exceptions that can be made again, and one that no step raises."""

from dbos import DBOS


class Plain(Exception):
    pass


class PassesBoth(Exception):
    def __init__(self, code: int, text: str) -> None:
        super().__init__(code, text)
        self.code = code


class WithDefault(Exception):
    def __init__(self, text: str, code: int = 5) -> None:
        super().__init__(text)
        self.code = code


class WithReduce(Exception):
    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text

    def __reduce__(self) -> tuple[type, tuple[int, str]]:
        return (type(self), (self.code, self.text))


class Variadic(Exception):
    def __init__(self, *parts: object) -> None:
        super().__init__(*parts)


class NeverRaised(Exception):
    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)


class NoException:
    def __init__(self, code: int, text: str) -> None:
        self.text = text


@DBOS.step()
def raises(name: str) -> str:
    match name:
        case "plain":
            raise Plain("text")
        case "both":
            raise PassesBoth(5, "text")
        case "default":
            raise WithDefault("text")
        case "reduce":
            raise WithReduce(5, "text")
    raise Variadic(name, NoException(1, name).text)


def plain(name: str) -> str:
    try:
        raise NeverRaised(5, name)
    except NeverRaised:
        return name
