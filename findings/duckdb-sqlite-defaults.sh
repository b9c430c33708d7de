#!/usr/bin/env bash
# DuckDB attaches a SQLite file and writes to it through SQLite. Before an UPDATE it binds the defaults of all columns as expressions of its own, those that the
# statement neither names nor needs as well: a table of which one column has DEFAULT (julianday('now')), valid in SQLite, can be read and deleted from, and
# every UPDATE fails with "Scalar Function with name julianday does not exist!". One would expect a default to be left to the database that has it, above all
# by a statement that sets none.
#
# Here: the README says among the limits that DuckDB reads and deletes, and does not write.
set -euo pipefail
duckdb=1.5.5
extension=1.5.5

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check "duckdb==$duckdb" "duckdb-extension-sqlite-scanner==$extension"
cat >"$place/finding.py" <<'END'
import sqlite3
import sys
from pathlib import Path

import duckdb
import duckdb_extension_sqlite_scanner as package

place = Path(sys.argv[1])
extension = next(Path(package.__file__).parent.glob("extensions/*/*.duckdb_extension"))
print(f"DuckDB {duckdb.__version__}, SQLite beside it {sqlite3.sqlite_version}")


def tries(name, default, statement):
    """What comes of the statement where the column that it does not name has this default."""
    path = place / f"{name}.db"
    path.unlink(missing_ok=True)
    sqlite = sqlite3.connect(path)
    sqlite.execute(f"CREATE TABLE orders(id INTEGER PRIMARY KEY, note TEXT, made DEFAULT {default})")
    sqlite.execute("INSERT INTO orders(id, note) VALUES (1, 'soon')")
    sqlite.commit()
    sqlite.close()
    duck = duckdb.connect()
    duck.execute(f"LOAD '{extension}'")
    duck.execute(f"ATTACH '{path}' AS shop (TYPE sqlite)")
    try:
        found = str(duck.execute(statement).fetchall())
    except duckdb.Error as error:
        found = f"{type(error).__name__}: {str(error).splitlines()[0]}"
    print(f"DEFAULT {default}: {statement}: {found}")
    return found


update = "UPDATE shop.orders SET note = 'now' WHERE id = 1"
clock = "(julianday('now'))"
as_expected = (
    tries("plain", "0", update) == "[(1,)]"
    and "julianday does not exist" in tries("clock", clock, update)
    and tries("clock", clock, "SELECT note FROM shop.orders") == "[('soon',)]"
    and tries("clock", clock, "DELETE FROM shop.orders WHERE id = 1") == "[(1,)]"
)
if not as_expected:
    sys.exit("CHANGED: the update is left to SQLite, or more than the update fails")
END
"$place/venv/bin/python" "$place/finding.py" "$place"
