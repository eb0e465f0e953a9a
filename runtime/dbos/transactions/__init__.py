"""Transactions: functions that are one database transaction, committed with their checkpoint."""
