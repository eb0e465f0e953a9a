"""`python -m dbos_build`: the same as the `dbos-build` command."""

from dbos_build.cli import main

if __name__ == "__main__":
    main()
