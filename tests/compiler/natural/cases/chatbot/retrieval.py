import chromadb


class Retriever:
    def __init__(self) -> None:
        self._client = chromadb.HttpClient()
        self._collection = self._client.get_collection("docs")

    def search(self, text: str, limit: int = 4) -> list[str]:
        found = self._collection.query(query_texts=[text], n_results=limit)  # flags: DBS202
        return found["documents"][0]
