"""Values: how they become text and themselves again, type and all."""
