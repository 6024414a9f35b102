"""The two tables of a store that hold one row each: where it is missing, the store is damaged, and that is said.

Used wherever one of the two is read. Nothing is written here.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kinderguard.casefile.errors import StoreUnusableError
from kinderguard.model.text import Text


def single_row(connection: Connection, table: sa.Table, *, lock: bool = False) -> Any:
    """The row of a table that holds one.

    Args:
        connection: a transaction; one that may write, if the row is to be locked.
        table: ``head`` or ``stores``.
        lock: whether other writers are to wait for their turn.

    Raises:
        StoreUnusableError: the row is not there.
    """
    query = sa.select(table)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise StoreUnusableError(
            Text(
                f"数据库的表 {table.name} 应有一行，现为空：数据库已损坏或被改动，未写入任何内容；请从备份恢复。",
                f"The table {table.name} of the database should hold one row and is empty: the database is damaged or was changed, and "
                "nothing was written; restore a backup.",
            )
        )
    return row
