#!/usr/bin/env bash
# SQLite finds a database's write-ahead log by its name alone. After a crash the log lies beside the database; when an older copy is then moved to the
# database's name, the next program that opens it puts the log of the one into the other, without an error: what the copy was to undo is back, and pages of two
# states lie side by side. One would expect a log to name the database that it belongs to, as it names each transaction by two random numbers.
#
# Here: `maitred restore` moves a database aside together with its log, a server notes which log belongs to which file and refuses others (store/files.rs),
# and whoever loses the names of its files while it serves leaves its log empty.
set -euo pipefail
apsw=3.54.1.0

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check "apsw==$apsw"
cat >"$place/finding.py" <<'END'
import os
import subprocess
import sys

import apsw

place = sys.argv[1]
path = f"{place}/served.db"
crash = f"""
import apsw, os, shutil
c = apsw.Connection({path!r})
do = lambda sql: c.execute(sql).fetchall()
do("PRAGMA journal_mode=WAL")
do("CREATE TABLE orders(id INTEGER PRIMARY KEY, note); CREATE INDEX by_note ON orders(note)")
do("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO orders SELECT i, 'as it was, ' || i FROM n")
do("PRAGMA wal_checkpoint(TRUNCATE)")
shutil.copy({path!r}, '{place}/backup.db')  # nobody writes, and the log is empty
do("UPDATE orders SET note = 'a mistake, ' || id")
do("PRAGMA wal_checkpoint(TRUNCATE)")
do("UPDATE orders SET note = 'another' WHERE id = 2")
os._exit(1)
"""
subprocess.run([sys.executable, "-c", crash])
os.rename(f"{place}/backup.db", path)


def ask(statement):
    try:
        return [row[0] for row in apsw.Connection(path).execute(statement)]
    except apsw.Error as error:
        return str(error)


def order(number):
    return f"SELECT note FROM orders NOT INDEXED WHERE id = {number}"


alone = apsw.Connection(f"file:{path}?immutable=1", flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
print(f"SQLite {apsw.sqlitelibversion()}: the copy alone has {alone.execute(order(1)).fetchall()[0]}")
print(f"opened beside the log it has {ask(order(1))}")
print(f"whole: {'yes' if ask('PRAGMA integrity_check') == ['ok'] else 'no'}")
END
found=$("$place/venv/bin/python" "$place/finding.py" "$place")
printf '%s\n' "$found"
if [[ $found != *"alone has ('as it was, 1',)"*"it has ['a mistake, 1']"*"whole: no" ]]; then
    echo "CHANGED: a log is not taken for that of another database any more" >&2
    exit 1
fi
