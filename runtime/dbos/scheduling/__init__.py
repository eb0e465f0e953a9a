"""Scheduling: cron expressions, and the workflows that start by the clock."""
