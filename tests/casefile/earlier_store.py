"""A store as an earlier version of the library left it: without a table that has come since."""

import sqlite3
from contextlib import closing


def without_table(path, table):
    """Take a table out of a store's SQLite file."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"DROP TABLE {table}")
