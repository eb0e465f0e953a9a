"""Caches of pure functions, and caches inside steps."""

from functools import cache, cached_property, lru_cache

from dbos import DBOS


@DBOS.step()
def save(name: str, value: object) -> None:
    """Store a value."""


@cache
def fibonacci(number: int) -> int:
    return number if number < 2 else fibonacci(number - 1) + fibonacci(number - 2)


@lru_cache(maxsize=None)
def normalised(name: str) -> str:
    return name.strip().lower()


@DBOS.step()
def looked_up(name: str) -> str:
    return cached_lookup(name)


@lru_cache
def cached_lookup(name: str) -> str:
    with open(f"{name}.orders") as file:
        return file.read()


class Circle:
    def __init__(self, radius: int) -> None:
        self.radius = radius

    @cached_property
    def area(self) -> int:
        return 3 * self.radius * self.radius


def cached(function):
    """Only a name."""
    return function


@cached
def saved(name: str) -> str:
    save(name, "saved")
    return name


@DBOS.workflow()
def pure_cache(number: int) -> int:
    value = fibonacci(number)
    save("value", value)
    return value


@DBOS.workflow()
def pure_lru_cache(name: str) -> str:
    save(name, normalised(name))
    return normalised(name)


@DBOS.workflow()
def pure_property(radius: int) -> int:
    circle = Circle(radius)
    save("area", circle.area)
    return circle.area


@DBOS.workflow()
def own_decorator(name: str) -> str:
    return saved(name)


@DBOS.workflow()
def cache_of_methods(names: list[str]) -> list[str]:
    values = [normalised(name) for name in names]
    save("values", values)
    return values


@DBOS.workflow()
def cached_locally(number: int) -> int:
    @cache
    def double(value: int) -> int:
        return value * 2

    save("double", double(number))
    return double(number)
