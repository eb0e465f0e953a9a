"""A package of classic mistakes; see README.md. It re-exports a helper, as packages do."""

from orders.pricing import surcharge_percent as current_surcharge

__all__ = ["current_surcharge"]
