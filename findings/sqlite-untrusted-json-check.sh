#!/usr/bin/env bash
# PRAGMA trusted_schema=OFF, which SQLite's documentation advises to programs that open other people's files, forbids functions in the schema that might do harm.
# Before 3.41 the JSON functions counted among them, and one CHECK(json_valid(...)) anywhere made the whole schema "malformed" for such a program: it could
# read no table at all. A program that had read something before the pragma could go on, except for that table. One would expect a function that reads a text to be
# harmless, and a constraint to be looked at when it is checked.
#
# Here: the README says among the limits from which version on such programs can write; the schema keeps its checks.
set -euo pipefail
before=3.40.1.0
since=3.41.0.0

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
for version in "$before" "$since"; do
    "$place/venv/bin/pip" install --quiet --disable-pip-version-check --target "$place/$version" "apsw==$version"
done
cat >"$place/finding.py" <<'END'
import sys

import apsw

path = sys.argv[1]
made = apsw.Connection(path).cursor()
made.execute("CREATE TABLE notes(body TEXT CHECK(json_valid(body))); CREATE TABLE other(x); INSERT INTO other VALUES (1)")


def tries(cursor, statement):
    try:
        return str(list(cursor.execute(statement)))
    except apsw.Error as error:
        return str(error).split(": ", 1)[-1]


fresh = apsw.Connection(path).cursor()
fresh.execute("PRAGMA trusted_schema=OFF")
first = tries(fresh, "SELECT x FROM other")
late = apsw.Connection(path).cursor()
late.execute("SELECT x FROM other").fetchall()
late.execute("PRAGMA trusted_schema=OFF")
second = tries(late, "SELECT x FROM other")
third = tries(late, "INSERT INTO notes VALUES ('{}')")
print(f"SQLite {apsw.sqlitelibversion()}: another table: {first}; after the schema was read: {second}; a row for the check: {third}")
END
try() { PYTHONPATH="$place/$1" "$place/venv/bin/python" "$place/finding.py" "$place/$1.db"; }
old=$(try "$before")
new=$(try "$since")
printf '%s\n%s\n' "$old" "$new"
refused="malformed database schema (notes) - unsafe use of json_valid()"
if [[ $old != *"another table: $refused; after the schema was read: [(1,)]; a row for the check: unsafe use of json_valid()" || $new != *"another table: [(1,)]; after"*"the check: []" ]]; then
    echo "CHANGED: the check is trusted before $since, or not since then" >&2
    exit 1
fi
