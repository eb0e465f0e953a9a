"""A stand-in with the shape of the real package: public names live in private modules."""
from ._client import AsyncClient as AsyncClient, Client as Client, Response as Response
