#!/usr/bin/env bash
# SQLAlchemy can leave the version of a row to the database (`version_id_generator=False`) and fetches the new one with UPDATE ... RETURNING. In SQLite only an
# AFTER trigger can count it up, and RETURNING shows the row as it was before those ran: the session keeps the old version, looks for it with its next update,
# finds no row, and raises StaleDataError, although nobody else wrote anything. One would expect what works with a trigger of PostgreSQL to work here, or the
# first update to fail. `eager_defaults=False` does not help: the version is fetched all the same.
#
# Here: a program that counts a row's version up itself, as SQLAlchemy does by default, keeps its number, and the trigger counts for those who leave it alone; the
# README says among the limits that those must read it anew.
set -euo pipefail
sqlalchemy=2.1.9

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check "SQLAlchemy==$sqlalchemy"
cat >"$place/finding.py" <<'END'
import sqlite3
import sys

import sqlalchemy
from sqlalchemy import FetchedValue, create_engine, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.orm.exc import StaleDataError


class Base(DeclarativeBase):
    pass


class Dish(Base):
    __tablename__ = "dish"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue())
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False, "eager_defaults": False}


print(f"SQLAlchemy {sqlalchemy.__version__}, SQLite {sqlite3.sqlite_version}")
engine = create_engine("sqlite://")
with engine.begin() as c:
    c.execute(text("CREATE TABLE dish(id INTEGER PRIMARY KEY, name TEXT, version INTEGER NOT NULL DEFAULT 1)"))
    c.execute(text("CREATE TRIGGER counts AFTER UPDATE OF name ON dish BEGIN UPDATE dish SET version = OLD.version + 1 WHERE id = NEW.id; END"))
with Session(engine) as session:
    dish = Dish(name="soup")
    session.add(dish)
    session.commit()
    dish.name = "stew"
    session.flush()
    stored = session.execute(text("SELECT version FROM dish")).scalar_one()
    print(f"after the first update: version {dish.version} in the session, {stored} in the table")
    seen = dish.version
    dish.name = "curry"
    try:
        session.flush()
        second = "done"
    except StaleDataError as error:
        second = f"StaleDataError: {error}"
    print(f"the second update: {second}")
if (seen, stored) != (1, 2) or not second.startswith("StaleDataError"):
    sys.exit("CHANGED: the session learns of the trigger's version")
END
"$place/venv/bin/python" "$place/finding.py"
