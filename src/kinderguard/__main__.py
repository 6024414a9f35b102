"""``python -m kinderguard``."""

from kinderguard.cli import main

main()
