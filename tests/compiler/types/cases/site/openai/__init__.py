"""A stand-in for a model provider's client."""
from ._client import OpenAI as OpenAI
