#!/usr/bin/env bash
# PRAGMA trusted_schema=OFF, which SQLite's documentation advises to programs that open other people's files, forbids functions in the schema that might do harm.
# Before 3.41 the JSON functions counted among them, and one CHECK(json_valid(...)) anywhere made the whole schema "malformed" for such a program: it could
# read no table at all. One would expect a function that reads a text to be harmless, and a constraint to be looked at when it is checked.
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


careful = apsw.Connection(path).cursor()
careful.execute("PRAGMA trusted_schema=OFF")
read = tries(careful, "SELECT x FROM other")
written = tries(careful, "INSERT INTO notes VALUES ('{}')")
print(f"SQLite {apsw.sqlitelibversion()}: another table: {read}; a row for the check: {written}")
END
try() { PYTHONPATH="$place/$1" "$place/venv/bin/python" "$place/finding.py" "$place/$1.db"; }
old=$(try "$before")
new=$(try "$since")
printf '%s\n%s\n' "$old" "$new"
refused="malformed database schema (notes) - unsafe use of json_valid()"
if [[ $old != *"another table: $refused; a row for the check: $refused" || $new != *"another table: [(1,)]; a row for the check: []" ]]; then
    echo "CHANGED: the check is trusted before $since, or not since then" >&2
    exit 1
fi
