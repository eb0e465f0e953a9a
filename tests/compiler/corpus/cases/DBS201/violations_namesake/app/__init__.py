"""An application whose package has the name of a library."""
