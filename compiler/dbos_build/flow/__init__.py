"""Flow graphs: the durable operations of a workflow, in the order in which they can happen."""
