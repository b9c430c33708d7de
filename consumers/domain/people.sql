-- Who signs in, on which screens, and what guests may ask for.

-- A wrong PIN costs time, and a restart of the server gives none of it back. Whoever is let in is forgotten here.
CREATE TABLE attempts (
  subject      TEXT    NOT NULL PRIMARY KEY CHECK (subject <> ''),   -- user:10: whose PIN; device:3, by:10, address:...: who tries
  failures     INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),    -- since the last one that was right
  locks        INTEGER NOT NULL DEFAULT 0 CHECK (locks >= 0),       -- each is twice as long as the one before
  locked_until INTEGER,
  last_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_last ON attempts(last_at);

-- A screen that shows a code and waits for a manager. What it holds is its key for good: it becomes the device's.
CREATE TABLE pairings (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  code        TEXT    NOT NULL UNIQUE CHECK (code <> ''),
  secret_hash TEXT    NOT NULL UNIQUE,                               -- SHA-256, in hex
  build       TEXT,
  created_at  INTEGER NOT NULL,
  expires_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX pairings_expiry ON pairings(expires_at);

-- Where a device was paired and what became of it. When it was last seen stands apart (the table's own columns for that are not used): that is no change that
-- anybody is told.
ALTER TABLE devices ADD COLUMN print TEXT;                           -- the beginning of `token_hash`: its tokens name it, so that no other device of that number is meant
ALTER TABLE devices ADD COLUMN paired_at INTEGER;
ALTER TABLE devices ADD COLUMN paired_by INTEGER REFERENCES users(id);
ALTER TABLE devices ADD COLUMN revoked_at INTEGER;

CREATE TABLE device_signs (
  device_id    INTEGER PRIMARY KEY REFERENCES devices(id) ON DELETE CASCADE,
  last_seen_at INTEGER NOT NULL,
  build        TEXT,                                                 -- of the page that it shows
  outbox       INTEGER NOT NULL DEFAULT 0 CHECK (outbox >= 0),       -- what waits there to be sent
  user_id      INTEGER REFERENCES users(id) ON DELETE SET NULL,      -- who is signed in there
  alert_id     INTEGER REFERENCES notifications(id) ON DELETE SET NULL   -- it was said that it is gone
) STRICT;
CREATE INDEX device_signs_seen ON device_signs(last_seen_at);

-- Who allowed what somebody else did.
ALTER TABLE audit ADD COLUMN approved_by INTEGER REFERENCES users(id);

-- The code on a table.
ALTER TABLE tables ADD COLUMN qr_blocked INTEGER NOT NULL DEFAULT 0 CHECK (qr_blocked IN (0, 1));
CREATE INDEX tables_qr ON tables(qr_secret);
-- Raised to make the tokens worthless that this visit's guests have got until now.
ALTER TABLE table_sessions ADD COLUMN token_version INTEGER NOT NULL DEFAULT 0;

-- What a visit's guests ask for shows in the visit, so it is a change of the visit too: of how often something about it has changed.
ALTER TABLE table_sessions ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;
CREATE INDEX tasks_session ON tasks(session_id, kind, status) WHERE session_id IS NOT NULL;
CREATE TRIGGER tasks_show_asked AFTER INSERT ON tasks
WHEN NEW.session_id IS NOT NULL AND NEW.kind IN ('call_waiter', 'bill')
BEGIN
  UPDATE table_sessions SET asked = asked + 1 WHERE id = NEW.session_id;
END;
CREATE TRIGGER tasks_show_moved AFTER UPDATE OF status, assignee_id ON tasks
WHEN NEW.session_id IS NOT NULL AND NEW.kind IN ('call_waiter', 'bill') AND (NEW.status IS NOT OLD.status OR NEW.assignee_id IS NOT OLD.assignee_id)
BEGIN
  UPDATE table_sessions SET asked = asked + 1 WHERE id = NEW.session_id;
END;
-- Nobody waits for a waiter at a table that was left.
CREATE TRIGGER table_sessions_done AFTER UPDATE OF closed_at ON table_sessions
WHEN NEW.closed_at IS NOT NULL AND OLD.closed_at IS NULL
BEGIN
  UPDATE notifications SET acknowledged_at = CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)
  WHERE acknowledged_at IS NULL AND task_id IN (SELECT id FROM tasks WHERE session_id = NEW.id AND kind IN ('call_waiter', 'bill') AND status IN ('open', 'acknowledged'));
  UPDATE tasks SET status = 'cancelled' WHERE session_id = NEW.id AND kind IN ('call_waiter', 'bill') AND status IN ('open', 'acknowledged');
END;
