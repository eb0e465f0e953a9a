"""The widget store: durable checkout, reminders and fulfilment over plain Python modules."""
