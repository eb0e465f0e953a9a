from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dbos import DBOS, DBOSConfiguredInstance
from zoo.storage import Storage


class Food(StrEnum):
    HAY = "hay"
    MEAT = "meat"


@dataclass(slots=True)
class Meal:
    animal: str
    food: Food


class Keeper(DBOSConfiguredInstance):
    def __init__(self, name: str, storage: Storage) -> None:
        super().__init__(name)
        self.storage = storage

    @DBOS.workflow()
    def feed(self, animals: list[str]) -> int:  # flags: DBS815
        meals = [Meal(animal, self.food_for(animal)) for animal in animals]
        for meal in meals:
            self.serve(meal)
        return self.storage.left(Food.HAY)

    @DBOS.step()
    def serve(self, meal: Meal) -> None:
        self.storage.take(meal.food)

    def food_for(self, animal: str) -> Food:
        match animal:
            case "lion" | "tiger":
                return Food.MEAT
            case _:
                return Food.HAY
