"""Billing for many tenants; each country's tax comes from a plug-in."""

from .invoicing import bill_tenant, close_month

__all__ = ["bill_tenant", "close_month"]
