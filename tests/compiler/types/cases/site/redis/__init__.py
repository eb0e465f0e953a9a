"""A stand-in for a cache client."""
from redis.client import Redis as Redis
