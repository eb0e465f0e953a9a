import pymongo


class Storage:
    def __init__(self, url: str) -> None:
        self.items = pymongo.MongoClient(url).zoo.items

    def take(self, food: str) -> None:
        self.items.update_one({"_id": food}, {"$inc": {"left": -1}})

    def left(self, food: str) -> int:
        return self.items.find_one({"_id": food})["left"]  # flags: DBS205
