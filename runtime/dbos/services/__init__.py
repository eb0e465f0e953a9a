"""Services: the background threads of a launched process, each with one duty."""
