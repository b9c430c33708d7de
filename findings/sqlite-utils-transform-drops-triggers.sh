#!/usr/bin/env bash
# `sqlite-utils transform` makes a new table, copies the rows, drops the old table and renames the new one. It makes the table's indexes anew, and says what it
# cannot make; the triggers go with the old table, nothing is said, and it ends with 0. One would expect them to be kept like the indexes, or the command
# to refuse.
#
# Here: whoever hears of changes by triggers must look whether they are still there whenever the schema has changed, and cannot rely on being told.
set -euo pipefail
sqlite_utils=4.2.1

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check "sqlite-utils==$sqlite_utils"
tool=$place/venv/bin/sqlite-utils
db=$place/shop.db
echo "$("$tool" --version), SQLite $("$place/venv/bin/python" -c 'import sqlite3; print(sqlite3.sqlite_version)')"

"$place/venv/bin/python" - "$db" <<'END'
import sqlite3, sys

sqlite3.connect(sys.argv[1]).executescript("""
    CREATE TABLE orders(id INTEGER PRIMARY KEY, note TEXT);
    CREATE TABLE heard(id INTEGER);
    CREATE INDEX orders_by_note ON orders(note);
    CREATE TRIGGER orders_heard AFTER UPDATE ON orders BEGIN INSERT INTO heard VALUES (NEW.id); END;
    INSERT INTO orders VALUES (1, 'soon');
""")
END
count() { "$tool" query "$db" "SELECT count(*) AS n FROM sqlite_master WHERE type = '$1' AND tbl_name = 'orders'" --raw --no-headers; }
echo "before: $(count index) index, $(count trigger) trigger"
said=$("$tool" transform "$db" orders --default note '' 2>&1)
echo "after:  $(count index) index, $(count trigger) trigger; it ended with 0 and said: \"$said\""
if [[ $(count index) != 1 || $(count trigger) != 0 || -n $said ]]; then
    echo "CHANGED: triggers are kept, or their loss is told" >&2
    exit 1
fi
