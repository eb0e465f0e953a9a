"""``python -m dbos``: the same as the ``dbos`` command."""

from dbos.cli import main

if __name__ == "__main__":
    main()
