"""Reading: the files of a project, their syntax, and the comments that silence findings."""
