"""The statistics of SQLite, which say that all rows of a table are of one account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

ROWS_OF_ACCOUNT, LEFT = 1_000_000, 100
"""The rows of an account, of which each further column of an index leaves one in a hundred."""

STATISTICS = sa.text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:table, :name, :stat)")


def declare_statistics(*tables: str) -> None:
    """Tell SQLite that all rows of a table are of one account, and what a further column leaves.

    *Why*: without statistics, SQLite expects ten rows in an account, and reads all rows of it
    where a further column of an index leads to one row.
    """
    connection = op.get_bind()
    for table in tables:
        listed = connection.exec_driver_sql(f"PRAGMA index_list('{table}')").all()
        for _, index, is_unique, origin, _ in listed:
            columns = connection.exec_driver_sql(f"PRAGMA index_info('{index}')").all()
            if columns[0][2] != "account":
                continue
            sizes = [max(1, ROWS_OF_ACCOUNT // LEFT**n) for n in range(len(columns))]
            sizes[-1] = 1 if is_unique else sizes[-1]
            name, stat = table if origin == "pk" else index, [ROWS_OF_ACCOUNT, *sizes]
            texts = {"table": table, "name": name, "stat": " ".join(map(str, stat))}
            op.execute(STATISTICS.bindparams(**texts))
