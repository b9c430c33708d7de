-- Migration 1: the restaurant.
--
-- Any program may write here; a committed change is what everybody is told about. Hence:
--   * money is an integer in the currency's smallest unit (`*_minor`), time is milliseconds since 1970-01-01 UTC (`*_at`);
--   * every default works in a plain shell, so `INSERT INTO orders(restaurant_id, table_id) VALUES (2, 5)` is a complete order;
--   * only SQL of SQLite 3.38 and older: defaults and triggers run in the other program's SQLite;
--   * the set of statuses is checked, the order of statuses is not: a transition that the server would refuse is announced, because
--     whoever types SQL owns the database;
--   * `version`, `updated_at` and the times of statuses are kept by triggers that the server generates from this file, and so is the change log;
--   * foreign keys are immediate, and ids are never used again (AUTOINCREMENT);
--   * uuids of what is made all day begin with the time (version 7): new ones stand together in their index, and a commit writes fewer pages.

---------------------------------------------------------------------------------------------------------------- the house
CREATE TABLE restaurants (
  id                     INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid                   TEXT    NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4))||'-'||hex(randomblob(2))||'-4'||substr(hex(randomblob(2)),2)||'-a'||substr(hex(randomblob(2)),2)||'-'||hex(randomblob(6)))),
  name                   TEXT    NOT NULL,
  currency               TEXT    NOT NULL DEFAULT 'EUR' CHECK (length(currency) = 3),
  currency_exp           INTEGER NOT NULL DEFAULT 2 CHECK (currency_exp BETWEEN 0 AND 4),   -- digits after the point: JPY 0, EUR 2, KWD 3
  timezone               TEXT    NOT NULL DEFAULT 'UTC',
  business_day_start_min INTEGER NOT NULL DEFAULT 240 CHECK (business_day_start_min BETWEEN 0 AND 1439),
  settings_json          TEXT    NOT NULL DEFAULT '{}' CHECK (json_valid(settings_json)),   -- domain::restaurants::Settings
  created_at             INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  updated_at             INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  version                INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE zones (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  restaurant_id INTEGER NOT NULL REFERENCES restaurants(id),
  name          TEXT    NOT NULL,
  sort          INTEGER NOT NULL DEFAULT 0,
  updated_at    INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  version       INTEGER NOT NULL DEFAULT 1,
  UNIQUE (restaurant_id, name)
) STRICT;

CREATE TABLE stations (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  restaurant_id INTEGER NOT NULL REFERENCES restaurants(id),
  code          TEXT    NOT NULL,                     -- kitchen, expo, bar, pos, ...
  name          TEXT    NOT NULL,
  is_expo       INTEGER NOT NULL DEFAULT 0 CHECK (is_expo IN (0, 1)),
  amber_s       INTEGER NOT NULL DEFAULT 300 CHECK (amber_s > 0),
  red_s         INTEGER NOT NULL DEFAULT 480 CHECK (red_s >= amber_s),
  updated_at    INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  version       INTEGER NOT NULL DEFAULT 1,
  UNIQUE (restaurant_id, code)
) STRICT;

CREATE TABLE tables (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid          TEXT    NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4))||'-'||hex(randomblob(2))||'-4'||substr(hex(randomblob(2)),2)||'-a'||substr(hex(randomblob(2)),2)||'-'||hex(randomblob(6)))),
  restaurant_id INTEGER NOT NULL REFERENCES restaurants(id),
  zone_id       INTEGER REFERENCES zones(id),
  number        TEXT    NOT NULL CHECK (number <> ''),
  capacity      INTEGER NOT NULL DEFAULT 4 CHECK (capacity > 0),
  is_active     INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
  qr_secret     TEXT    NOT NULL DEFAULT (lower(hex(randomblob(16)))),
  group_id      TEXT,                                 -- tables that were pushed together share one
  updated_at    INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  version       INTEGER NOT NULL DEFAULT 1,
  UNIQUE (restaurant_id, number)                      -- occupied is not a column: it means "has an open session"
) STRICT;
CREATE INDEX tables_zone ON tables(zone_id) WHERE zone_id IS NOT NULL;

---------------------------------------------------------------------------------------------------------------- people
CREATE TABLE users (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid          TEXT    NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4))||'-'||hex(randomblob(2))||'-4'||substr(hex(randomblob(2)),2)||'-a'||substr(hex(randomblob(2)),2)||'-'||hex(randomblob(6)))),
  restaurant_id INTEGER REFERENCES restaurants(id),   -- NULL: a guest, a driver for all, an administrator of all
  role          TEXT    NOT NULL CHECK (role IN ('customer','waiter','kitchen','driver','manager','admin','display')),
  name          TEXT    NOT NULL DEFAULT '',
  phone         TEXT,
  email         TEXT UNIQUE COLLATE NOCASE,
  pin_hash      TEXT,
  password_hash TEXT,
  token_version INTEGER NOT NULL DEFAULT 0,           -- raised to make this user's older tokens worthless
  is_active     INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
  created_at    INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  updated_at    INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  version       INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX users_restaurant ON users(restaurant_id, role);

CREATE TABLE drivers (
  user_id      INTEGER PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
  status       TEXT    NOT NULL DEFAULT 'offline' CHECK (status IN ('offline','available','busy')),
  vehicle      TEXT,
  last_seen_at INTEGER,
  lat          REAL,
  lng          REAL,
  updated_at   INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  version      INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE customers (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id      INTEGER REFERENCES users(id),
  name         TEXT    NOT NULL DEFAULT '',
  phone        TEXT,
  address_json TEXT    CHECK (address_json IS NULL OR json_valid(address_json)),
  updated_at   INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  version      INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX customers_user ON customers(user_id) WHERE user_id IS NOT NULL;

-- A waiter's section. Attribution, not a lock: any waiter may act on any table.
CREATE TABLE waiter_tables (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id  INTEGER NOT NULL REFERENCES users(id)  ON DELETE CASCADE,
  table_id INTEGER NOT NULL REFERENCES tables(id) ON DELETE CASCADE,
  UNIQUE (user_id, table_id)
) STRICT;
CREATE INDEX waiter_tables_table ON waiter_tables(table_id);

CREATE TABLE devices (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  restaurant_id INTEGER NOT NULL REFERENCES restaurants(id),
  kind          TEXT    NOT NULL CHECK (kind IN ('kitchen','board','handheld','other')),
  name          TEXT    NOT NULL,
  station_id    INTEGER REFERENCES stations(id),
  token_hash    TEXT    UNIQUE,
  last_seen_at  INTEGER,
  app_version   TEXT,
  updated_at    INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  version       INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX devices_restaurant ON devices(restaurant_id);

---------------------------------------------------------------------------------------------------------------- the menu
CREATE TABLE menu_categories (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  restaurant_id INTEGER NOT NULL REFERENCES restaurants(id),
  name          TEXT    NOT NULL,
  sort          INTEGER NOT NULL DEFAULT 0,
  station_id    INTEGER REFERENCES stations(id),
  course        INTEGER,
  updated_at    INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  version       INTEGER NOT NULL DEFAULT 1,
  UNIQUE (restaurant_id, name)
) STRICT;

CREATE TABLE menu_items (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid           TEXT    NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4))||'-'||hex(randomblob(2))||'-4'||substr(hex(randomblob(2)),2)||'-a'||substr(hex(randomblob(2)),2)||'-'||hex(randomblob(6)))),
  restaurant_id  INTEGER NOT NULL REFERENCES restaurants(id),
  category_id    INTEGER REFERENCES menu_categories(id),
  name           TEXT    NOT NULL CHECK (name <> ''),
  description    TEXT    NOT NULL DEFAULT '',
  price_minor    INTEGER NOT NULL CHECK (price_minor >= 0),
  is_available   INTEGER NOT NULL DEFAULT 1 CHECK (is_available IN (0, 1)),   -- 0: sold out
  prep_s         INTEGER CHECK (prep_s > 0),
  station_id     INTEGER REFERENCES stations(id),                             -- overrides the category's
  allergens_json TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(allergens_json)),
  image_url      TEXT,
  updated_at     INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  version        INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX menu_items_restaurant ON menu_items(restaurant_id, category_id);

CREATE TABLE modifier_groups (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  menu_item_id INTEGER NOT NULL REFERENCES menu_items(id) ON DELETE CASCADE,
  name         TEXT    NOT NULL,
  min          INTEGER NOT NULL DEFAULT 0 CHECK (min >= 0),
  max          INTEGER NOT NULL DEFAULT 1 CHECK (max >= min),
  UNIQUE (menu_item_id, name)
) STRICT;

CREATE TABLE modifiers (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id    INTEGER NOT NULL REFERENCES modifier_groups(id) ON DELETE CASCADE,
  name        TEXT    NOT NULL,
  price_minor INTEGER NOT NULL DEFAULT 0,
  UNIQUE (group_id, name)
) STRICT;

---------------------------------------------------------------------------------------------------------------- how work flows: data, not code
CREATE TABLE workflows (
  id   INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL
) STRICT;

CREATE TABLE workflow_states (
  workflow_id INTEGER NOT NULL REFERENCES workflows(id),
  code        TEXT    NOT NULL,
  label       TEXT    NOT NULL,
  position    INTEGER NOT NULL,
  phase       TEXT    NOT NULL CHECK (phase IN ('queued','active','ready','in_transit','done','cancelled')),
  is_terminal INTEGER NOT NULL DEFAULT 0 CHECK (is_terminal IN (0, 1)),
  PRIMARY KEY (workflow_id, code)
) STRICT;

-- `kind`: forward and cancel may be asked for by naming the status (several forward steps at once where a vocabulary has no word for those between);
-- recall, drop and reopen need a command of their own. `guard` is a condition on the order, see domain::workflow::Guard.
CREATE TABLE workflow_transitions (
  workflow_id INTEGER NOT NULL,
  from_code   TEXT    NOT NULL,
  to_code     TEXT    NOT NULL,
  kind        TEXT    NOT NULL DEFAULT 'forward' CHECK (kind IN ('forward','cancel','recall','drop','reopen')),
  guard       TEXT    NOT NULL DEFAULT '' CHECK (guard IN ('','delivery','not_delivery','assigned','before_pick_up')),
  roles_json  TEXT    NOT NULL CHECK (json_valid(roles_json)),
  PRIMARY KEY (workflow_id, from_code, to_code),
  FOREIGN KEY (workflow_id, from_code) REFERENCES workflow_states(workflow_id, code),
  FOREIGN KEY (workflow_id, to_code)   REFERENCES workflow_states(workflow_id, code)
) STRICT;

INSERT INTO workflows(id, code, name) VALUES (1, 'restaurant', 'Restaurant'), (2, 'print', 'Print shop');
INSERT INTO workflow_states(workflow_id, code, label, position, phase, is_terminal) VALUES
  (1, 'new',              'New',              1, 'queued',     0),   -- waits for a waiter's approval
  (1, 'pending',          'Pending',          2, 'queued',     0),
  (1, 'confirmed',        'Confirmed',        3, 'queued',     0),
  (1, 'preparing',        'Preparing',        4, 'active',     0),
  (1, 'ready',            'Ready',            5, 'ready',      0),
  (1, 'out_for_delivery', 'Out for delivery', 6, 'in_transit', 0),
  (1, 'delivered',        'Delivered',        7, 'done',       0),   -- served, perhaps not yet paid
  (1, 'completed',        'Completed',        8, 'done',       1),
  (1, 'cancelled',        'Cancelled',        9, 'cancelled',  1),
  (2, 'In Production',    'In Production',    1, 'active',     0),
  (2, 'In Printing',      'In Printing',      2, 'active',     0),
  (2, 'In Binding',       'In Binding',       3, 'active',     0),
  (2, 'Packaging',        'Packaging',        4, 'active',     0),
  (2, 'Delivery',         'Delivery',         5, 'in_transit', 1);
INSERT INTO workflow_transitions(workflow_id, from_code, to_code, kind, guard, roles_json) VALUES
  (1, 'new',              'pending',          'forward', '',             '["waiter","manager","admin"]'),
  (1, 'new',              'confirmed',        'forward', '',             '["waiter","manager","admin"]'),
  (1, 'pending',          'confirmed',        'forward', '',             '["waiter","kitchen","manager","admin","system"]'),
  (1, 'confirmed',        'preparing',        'forward', '',             '["kitchen","manager","admin","system"]'),
  (1, 'preparing',        'ready',            'forward', '',             '["kitchen","manager","admin","system"]'),
  (1, 'ready',            'out_for_delivery', 'forward', 'delivery',     '["driver","manager","admin"]'),
  (1, 'ready',            'delivered',        'forward', 'not_delivery', '["waiter","kitchen","manager","admin"]'),
  (1, 'out_for_delivery', 'delivered',        'forward', 'assigned',     '["driver","manager","admin"]'),
  (1, 'delivered',        'completed',        'forward', '',             '["waiter","manager","admin","system"]'),
  (1, 'new',              'cancelled',        'cancel',  '',             '["customer","waiter","manager","admin"]'),
  (1, 'pending',          'cancelled',        'cancel',  '',             '["customer","waiter","manager","admin"]'),
  (1, 'confirmed',        'cancelled',        'cancel',  '',             '["customer","waiter","manager","admin"]'),
  (1, 'preparing',        'cancelled',        'cancel',  '',             '["manager","admin"]'),
  (1, 'ready',            'cancelled',        'cancel',  '',             '["manager","admin"]'),
  (1, 'out_for_delivery', 'cancelled',        'cancel',  '',             '["manager","admin"]'),
  (1, 'ready',            'preparing',        'recall',  '',             '["kitchen","manager","admin","system"]'),   -- system: an add-on
  (1, 'delivered',        'ready',            'recall',  'not_delivery', '["waiter","manager","admin"]'),
  (1, 'out_for_delivery', 'ready',            'drop',    'before_pick_up', '["driver","manager","admin"]'),
  (1, 'completed',        'delivered',        'reopen',  '',             '["admin"]');
-- The print shop documents no order of stages: staff may go from any to any.
INSERT INTO workflow_transitions(workflow_id, from_code, to_code, roles_json)
  SELECT 2, a.code, b.code, '["waiter","kitchen","manager","admin"]' FROM workflow_states a JOIN workflow_states b ON b.workflow_id = 2 AND b.code <> a.code WHERE a.workflow_id = 2;

---------------------------------------------------------------------------------------------------------------- sessions and orders
CREATE TABLE table_sessions (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid         TEXT    NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4))||'-'||hex(randomblob(2))||'-4'||substr(hex(randomblob(2)),2)||'-a'||substr(hex(randomblob(2)),2)||'-'||hex(randomblob(6)))),
  table_id     INTEGER NOT NULL REFERENCES tables(id),
  session_code TEXT    NOT NULL DEFAULT (upper(hex(randomblob(3)))),
  guests_count INTEGER NOT NULL DEFAULT 1 CHECK (guests_count BETWEEN 1 AND 500),
  waiter_id    INTEGER REFERENCES users(id),
  token        TEXT    NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(24)))),   -- what the guests' phones hold: it ends with the session
  opened_at    INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  closed_at    INTEGER,
  closed_by    INTEGER REFERENCES users(id),
  close_reason TEXT,
  updated_at   INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  version      INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX table_sessions_one_open ON table_sessions(table_id) WHERE closed_at IS NULL;
CREATE INDEX table_sessions_table ON table_sessions(table_id, opened_at);

CREATE TABLE orders (
  id                 INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid               TEXT    NOT NULL UNIQUE DEFAULT (printf('%08x-%04x-7', CAST((julianday('now')-2440587.5)*86400000 AS INTEGER) >> 16, CAST((julianday('now')-2440587.5)*86400000 AS INTEGER) & 65535)||lower(substr(hex(randomblob(2)),2)||'-a'||substr(hex(randomblob(2)),2)||'-'||hex(randomblob(6)))),
  public_id          TEXT    NOT NULL DEFAULT ('order-'||lower(hex(randomblob(6)))),   -- what people say; ours are order-<id>
  restaurant_id      INTEGER NOT NULL REFERENCES restaurants(id),
  workflow_id        INTEGER NOT NULL DEFAULT 1 REFERENCES workflows(id),
  status             TEXT    NOT NULL DEFAULT 'pending',
  type               TEXT    NOT NULL DEFAULT 'dine_in' CHECK (type IN ('dine_in','pickup','delivery','counter')),
  source             TEXT    NOT NULL DEFAULT 'api' CHECK (source IN ('waiter','qr','web','api','marketplace')),
  table_id           INTEGER REFERENCES tables(id),
  session_id         INTEGER REFERENCES table_sessions(id),
  waiter_id          INTEGER REFERENCES users(id),
  customer_id        INTEGER REFERENCES customers(id),
  driver_id          INTEGER REFERENCES users(id),
  subtotal_minor     INTEGER NOT NULL DEFAULT 0,
  discount_minor     INTEGER NOT NULL DEFAULT 0 CHECK (discount_minor >= 0),
  tax_minor          INTEGER NOT NULL DEFAULT 0 CHECK (tax_minor >= 0),
  delivery_fee_minor INTEGER NOT NULL DEFAULT 0 CHECK (delivery_fee_minor >= 0),
  tip_minor          INTEGER NOT NULL DEFAULT 0 CHECK (tip_minor >= 0),
  total_minor        INTEGER NOT NULL DEFAULT 0 CHECK (total_minor >= 0),   -- subtotal - discount + tax + fee + tip, kept by the server
  note               TEXT,
  allergy_note       TEXT,
  priority           INTEGER NOT NULL DEFAULT 0,
  eta_at             INTEGER,
  fire_at            INTEGER,                                               -- hold until
  attributes_json    TEXT    CHECK (attributes_json IS NULL OR json_valid(attributes_json)),   -- address, phone; of a print job: domain::jobs
  created_at         INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  created_by         INTEGER REFERENCES users(id),
  approved_at        INTEGER,
  confirmed_at       INTEGER,
  preparing_at       INTEGER,
  ready_at           INTEGER,
  driver_accepted_at INTEGER,
  picked_up_at       INTEGER,
  delivered_at       INTEGER,
  completed_at       INTEGER,
  cancelled_at       INTEGER,
  cancel_reason      TEXT,
  cancelled_by       INTEGER REFERENCES users(id),
  updated_at         INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  version            INTEGER NOT NULL DEFAULT 1,
  UNIQUE (restaurant_id, public_id),
  FOREIGN KEY (workflow_id, status) REFERENCES workflow_states(workflow_id, code),
  -- Again as a check, because a stock shell has foreign keys off and the server knows exactly these nine.
  -- Not `IN`, which makes a table of so many words each time a status changes.
  CHECK (workflow_id <> 1 OR CASE status WHEN 'new' THEN 1 WHEN 'pending' THEN 1 WHEN 'confirmed' THEN 1 WHEN 'preparing' THEN 1 WHEN 'ready' THEN 1
    WHEN 'out_for_delivery' THEN 1 WHEN 'delivered' THEN 1 WHEN 'completed' THEN 1 WHEN 'cancelled' THEN 1 ELSE 0 END)
) STRICT;
CREATE INDEX orders_restaurant ON orders(restaurant_id, status, id);
CREATE INDEX orders_public     ON orders(public_id);
CREATE INDEX orders_table      ON orders(table_id, session_id) WHERE table_id IS NOT NULL;
-- Whether a table still waits for something, however many orders it had: asked for each order that becomes ready.
CREATE INDEX orders_unready    ON orders(table_id)         WHERE table_id IS NOT NULL AND (status = 'new' OR status = 'pending' OR status = 'confirmed' OR status = 'preparing');
CREATE INDEX orders_session    ON orders(session_id)       WHERE session_id IS NOT NULL;
CREATE INDEX orders_waiter     ON orders(waiter_id, status) WHERE waiter_id IS NOT NULL;
CREATE INDEX orders_customer   ON orders(customer_id)      WHERE customer_id IS NOT NULL;
CREATE INDEX orders_driver     ON orders(driver_id, status) WHERE driver_id IS NOT NULL;
-- What drivers can take, or were given and have not taken yet: the longest waiting first.
CREATE INDEX orders_offers     ON orders(ready_at, id)     WHERE status = 'ready' AND type = 'delivery' AND workflow_id = 1;
CREATE INDEX orders_print      ON orders(restaurant_id, status) WHERE workflow_id = 2;

CREATE TABLE order_items (
  id               INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid             TEXT    NOT NULL UNIQUE DEFAULT (printf('%08x-%04x-7', CAST((julianday('now')-2440587.5)*86400000 AS INTEGER) >> 16, CAST((julianday('now')-2440587.5)*86400000 AS INTEGER) & 65535)||lower(substr(hex(randomblob(2)),2)||'-a'||substr(hex(randomblob(2)),2)||'-'||hex(randomblob(6)))),
  order_id         INTEGER NOT NULL REFERENCES orders(id) ON DELETE CASCADE,
  menu_item_id     INTEGER REFERENCES menu_items(id),
  name             TEXT    NOT NULL CHECK (name <> ''),
  qty              INTEGER NOT NULL DEFAULT 1 CHECK (qty > 0),
  unit_price_minor INTEGER NOT NULL DEFAULT 0,                               -- modifiers included
  modifiers_json   TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(modifiers_json)),
  seat             INTEGER,
  course           INTEGER,
  station_id       INTEGER REFERENCES stations(id),
  note             TEXT,
  allergy          TEXT,
  status           TEXT    NOT NULL DEFAULT 'queued' CHECK (CASE status WHEN 'held' THEN 1 WHEN 'queued' THEN 1 WHEN 'preparing' THEN 1 WHEN 'ready' THEN 1
                                                                   WHEN 'served' THEN 1 WHEN 'voided' THEN 1 ELSE 0 END),
  batch            INTEGER NOT NULL DEFAULT 1 CHECK (batch > 0),             -- 2 and up: added later
  fired_at         INTEGER,                                                  -- the kitchen's timer starts here, and survives a recall
  started_at       INTEGER,
  ready_at         INTEGER,
  served_at        INTEGER,
  voided_at        INTEGER,
  void_reason      TEXT,
  void_acked_at    INTEGER,                                                  -- the cook has seen that it is off
  created_at       INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  updated_at       INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  version          INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX order_items_order   ON order_items(order_id, status);
CREATE INDEX order_items_menu    ON order_items(menu_item_id) WHERE menu_item_id IS NOT NULL;
CREATE INDEX order_items_station ON order_items(station_id, status) WHERE station_id IS NOT NULL;

---------------------------------------------------------------------------------------------------------------- money
-- Money does not vanish with its order: deleting an order leaves its payments, without the link.
CREATE TABLE payments (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid            TEXT    NOT NULL UNIQUE DEFAULT (printf('%08x-%04x-7', CAST((julianday('now')-2440587.5)*86400000 AS INTEGER) >> 16, CAST((julianday('now')-2440587.5)*86400000 AS INTEGER) & 65535)||lower(substr(hex(randomblob(2)),2)||'-a'||substr(hex(randomblob(2)),2)||'-'||hex(randomblob(6)))),
  order_id        INTEGER REFERENCES orders(id) ON DELETE SET NULL,
  session_id      INTEGER REFERENCES table_sessions(id),
  amount_minor    INTEGER NOT NULL CHECK (amount_minor > 0),
  tip_minor       INTEGER NOT NULL DEFAULT 0 CHECK (tip_minor >= 0),
  method          TEXT    NOT NULL DEFAULT 'cash' CHECK (method IN ('cash','card','terminal','online','voucher','other')),
  status          TEXT    NOT NULL DEFAULT 'captured' CHECK (status IN ('pending','captured','failed','voided','refunded')),
  provider_ref    TEXT,
  idempotency_key TEXT,
  scope           TEXT    NOT NULL DEFAULT '',                               -- whose key that is
  taken_by        INTEGER REFERENCES users(id),
  created_at      INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  captured_at     INTEGER,
  updated_at      INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  version         INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX payments_order   ON payments(order_id, status) WHERE order_id IS NOT NULL;
CREATE INDEX payments_session ON payments(session_id) WHERE session_id IS NOT NULL;
CREATE UNIQUE INDEX payments_key      ON payments(scope, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE UNIQUE INDEX payments_provider ON payments(method, provider_ref) WHERE provider_ref IS NOT NULL;
-- One card terminal asks one guest at a time.
CREATE UNIQUE INDEX payments_one_terminal ON payments(order_id) WHERE status = 'pending' AND method = 'terminal';

CREATE TABLE payment_allocations (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  payment_id    INTEGER NOT NULL REFERENCES payments(id)    ON DELETE CASCADE,
  order_item_id INTEGER NOT NULL REFERENCES order_items(id) ON DELETE CASCADE,
  qty           INTEGER NOT NULL DEFAULT 1 CHECK (qty > 0),
  amount_minor  INTEGER NOT NULL CHECK (amount_minor > 0),
  UNIQUE (payment_id, order_item_id)
) STRICT;
CREATE INDEX payment_allocations_item ON payment_allocations(order_item_id);

---------------------------------------------------------------------------------------------------------------- what staff must do and know
CREATE TABLE tasks (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid          TEXT    NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(4))||'-'||hex(randomblob(2))||'-4'||substr(hex(randomblob(2)),2)||'-a'||substr(hex(randomblob(2)),2)||'-'||hex(randomblob(6)))),
  restaurant_id INTEGER NOT NULL REFERENCES restaurants(id),
  kind          TEXT    NOT NULL DEFAULT 'custom' CHECK (kind IN ('serve','call_waiter','bill','custom')),
  order_id      INTEGER REFERENCES orders(id) ON DELETE CASCADE,
  table_id      INTEGER REFERENCES tables(id),
  session_id    INTEGER REFERENCES table_sessions(id),
  assignee_id   INTEGER REFERENCES users(id),                                -- NULL: whoever comes first
  title         TEXT    NOT NULL CHECK (title <> ''),
  priority      INTEGER NOT NULL DEFAULT 2 CHECK (priority BETWEEN 1 AND 5),
  status        TEXT    NOT NULL DEFAULT 'open' CHECK (status IN ('open','acknowledged','done','cancelled')),
  created_by    INTEGER REFERENCES users(id),
  created_at    INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  acked_at      INTEGER,
  done_at       INTEGER,
  updated_at    INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  version       INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX tasks_live     ON tasks(restaurant_id, status);
CREATE INDEX tasks_assignee ON tasks(assignee_id, status) WHERE assignee_id IS NOT NULL;
CREATE INDEX tasks_order    ON tasks(order_id) WHERE order_id IS NOT NULL;
CREATE INDEX tasks_table    ON tasks(table_id) WHERE table_id IS NOT NULL;

-- Everything that is told to staff in words, because what no row records cannot be told again to a client that was away.
CREATE TABLE notifications (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  uuid            TEXT    NOT NULL UNIQUE DEFAULT (printf('%08x-%04x-7', CAST((julianday('now')-2440587.5)*86400000 AS INTEGER) >> 16, CAST((julianday('now')-2440587.5)*86400000 AS INTEGER) & 65535)||lower(substr(hex(randomblob(2)),2)||'-a'||substr(hex(randomblob(2)),2)||'-'||hex(randomblob(6)))),
  restaurant_id   INTEGER NOT NULL REFERENCES restaurants(id),
  audience        TEXT    NOT NULL DEFAULT 'floor'                           -- `CASE` costs less than `IN` with many words
                  CHECK (CASE audience WHEN 'floor' THEN 1 WHEN 'kitchen' THEN 1 WHEN 'admin' THEN 1 WHEN 'restaurant' THEN 1
                         ELSE audience GLOB 'waiter:[1-9]*' AND substr(audience, 8) NOT GLOB '*[^0-9]*' END),
  kind            TEXT    NOT NULL CHECK (CASE kind WHEN 'order_notification' THEN 1 WHEN 'payment_notification' THEN 1 WHEN 'task_notification' THEN 1
                                          WHEN 'alert' THEN 1 WHEN 'broadcast' THEN 1 WHEN 'table_ready' THEN 1 WHEN 'table_completed' THEN 1 ELSE 0 END),
  event           TEXT,                                                      -- created, assigned, ready, completed, cancelled, captured; an alert's: urgent, warning, info
  severity        INTEGER NOT NULL DEFAULT 2 CHECK (severity BETWEEN 1 AND 5),
  title           TEXT,
  message         TEXT    NOT NULL CHECK (message <> ''),
  order_uuids_json TEXT   CHECK (order_uuids_json IS NULL OR json_valid(order_uuids_json)),   -- where it is about several orders
  order_id        INTEGER REFERENCES orders(id)   ON DELETE CASCADE,
  payment_id      INTEGER REFERENCES payments(id) ON DELETE CASCADE,
  task_id         INTEGER REFERENCES tasks(id)    ON DELETE CASCADE,
  table_id        INTEGER REFERENCES tables(id),
  created_by      INTEGER REFERENCES users(id),
  created_at      INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  acknowledged_at INTEGER,
  acknowledged_by INTEGER REFERENCES users(id),
  expires_at      INTEGER,
  updated_at      INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  version         INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX notifications_open    ON notifications(restaurant_id, audience, id) WHERE acknowledged_at IS NULL;
CREATE INDEX notifications_order   ON notifications(order_id)   WHERE order_id IS NOT NULL;
CREATE INDEX notifications_payment ON notifications(payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX notifications_task    ON notifications(task_id)    WHERE task_id IS NOT NULL;

-- Overrides, forced releases, voids, refunds: who, why, from what to what. Never pruned.
CREATE TABLE audit (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  at            INTEGER NOT NULL DEFAULT (CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)),
  restaurant_id INTEGER,
  actor         TEXT    NOT NULL,
  action        TEXT    NOT NULL,
  entity        TEXT    NOT NULL,
  entity_id     INTEGER NOT NULL,
  reason        TEXT,
  before_json   TEXT    CHECK (before_json IS NULL OR json_valid(before_json)),
  after_json    TEXT    CHECK (after_json  IS NULL OR json_valid(after_json))
) STRICT;
CREATE INDEX audit_entity ON audit(entity, entity_id);

---------------------------------------------------------------------------------------------------------------- notifications follow their cause
-- In triggers, so that a change typed in a shell tells the staff as well, and in the cause's own transaction.

CREATE TRIGGER orders_tell_created AFTER INSERT ON orders
WHEN NEW.workflow_id = 1 AND NEW.status IN ('new','pending','confirmed')
BEGIN
  INSERT INTO notifications(restaurant_id, audience, kind, event, message, order_id, table_id)
  VALUES (NEW.restaurant_id, coalesce('waiter:'||NEW.waiter_id, 'floor'), 'order_notification', 'created',
          coalesce('New order for table '||(SELECT number FROM tables WHERE id = NEW.table_id), 'New order '||NEW.public_id), NEW.id, NEW.table_id);
END;

CREATE TRIGGER orders_tell_assigned AFTER UPDATE OF waiter_id ON orders
WHEN NEW.workflow_id = 1 AND NEW.waiter_id IS NOT OLD.waiter_id AND NEW.waiter_id IS NOT NULL AND NEW.status NOT IN ('completed','cancelled')
BEGIN
  INSERT INTO notifications(restaurant_id, audience, kind, event, message, order_id, table_id)
  VALUES (NEW.restaurant_id, 'waiter:'||NEW.waiter_id, 'order_notification', 'assigned',
          coalesce('Order for table '||(SELECT number FROM tables WHERE id = NEW.table_id), 'Order '||NEW.public_id)||' is yours', NEW.id, NEW.table_id);
END;

-- The last order of a table that was not ready is ready now, or off, or elsewhere: the table can be served. Row by row, so that of several orders that
-- one statement moves the last one tells it, once. Where only the status changed, `orders_moved` below tells it. What is ready is found by restaurant: that
-- is little, and a table's orders become more every day.
CREATE TRIGGER orders_tell_table AFTER UPDATE OF table_id ON orders
WHEN NEW.table_id IS NOT OLD.table_id AND NEW.workflow_id = 1 AND OLD.status IN ('new','pending','confirmed','preparing')
BEGIN
  INSERT INTO notifications(restaurant_id, audience, kind, event, message, table_id, order_uuids_json)
  SELECT t.restaurant_id, 'kitchen', 'table_ready', 'ready', 'Table '||t.number||' is ready', t.id, json_group_array(o.uuid)
  FROM tables t JOIN orders o ON o.restaurant_id = t.restaurant_id AND o.status = 'ready' AND +o.table_id = t.id
  WHERE t.id IN (OLD.table_id, NEW.table_id) AND o.workflow_id = 1
    AND NOT EXISTS (SELECT 1 FROM orders x WHERE x.table_id = t.id AND (x.status = 'new' OR x.status = 'pending' OR x.status = 'confirmed' OR x.status = 'preparing'))
  GROUP BY t.id;
END;

CREATE TRIGGER orders_tell_table_deleted AFTER DELETE ON orders
WHEN OLD.workflow_id = 1 AND OLD.table_id IS NOT NULL AND OLD.status IN ('new','pending','confirmed','preparing')
BEGIN
  INSERT INTO notifications(restaurant_id, audience, kind, event, message, table_id, order_uuids_json)
  SELECT t.restaurant_id, 'kitchen', 'table_ready', 'ready', 'Table '||t.number||' is ready', t.id, json_group_array(o.uuid)
  FROM tables t JOIN orders o ON o.restaurant_id = t.restaurant_id AND o.status = 'ready' AND +o.table_id = t.id
  WHERE t.id = OLD.table_id AND o.workflow_id = 1
    AND NOT EXISTS (SELECT 1 FROM orders x WHERE x.table_id = t.id AND (x.status = 'new' OR x.status = 'pending' OR x.status = 'confirmed' OR x.status = 'preparing'))
  GROUP BY t.id;
END;

-- A ticket that is bumped as a whole bumps its lines (lines bumped one by one bump the ticket: domain::progress). Its table may be ready with it. Then the
-- staff are told.
-- One trigger, because each one costs every change of a status something before it looks at its condition; and no `IN` with more than two words, which
-- makes a table of them.
CREATE TRIGGER orders_moved AFTER UPDATE OF status ON orders
WHEN NEW.workflow_id = 1 AND CASE NEW.status
  WHEN 'ready'     THEN OLD.status <> 'ready'
  WHEN 'cancelled' THEN OLD.status <> 'cancelled'
  WHEN 'delivered' THEN OLD.status <> 'delivered' AND OLD.status <> 'completed' AND OLD.status <> 'cancelled'
    AND EXISTS (SELECT 1 FROM order_items i WHERE i.order_id = NEW.id AND (+i.status = 'queued' OR +i.status = 'preparing' OR +i.status = 'ready'))
  WHEN 'completed' THEN OLD.status <> 'delivered' AND OLD.status <> 'completed' AND OLD.status <> 'cancelled'
    AND EXISTS (SELECT 1 FROM order_items i WHERE i.order_id = NEW.id AND (+i.status = 'queued' OR +i.status = 'preparing' OR +i.status = 'ready'))
  END
BEGIN
  UPDATE order_items SET
    status    = CASE NEW.status WHEN 'ready' THEN 'ready' ELSE 'served' END,
    ready_at  = CASE NEW.status WHEN 'ready' THEN coalesce(NEW.ready_at, CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)) ELSE ready_at END,
    served_at = CASE NEW.status WHEN 'ready' THEN served_at ELSE coalesce(NEW.delivered_at, CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)) END
  WHERE order_id = NEW.id AND CASE NEW.status                                  -- by order alone: it has few lines
    WHEN 'ready'     THEN CASE OLD.status WHEN 'new' THEN 1 WHEN 'pending' THEN 1 WHEN 'confirmed' THEN 1 WHEN 'preparing' THEN 1 ELSE 0 END
                          AND (+status = 'queued' OR +status = 'preparing')
    WHEN 'cancelled' THEN 0
    ELSE +status = 'queued' OR +status = 'preparing' OR +status = 'ready' END;
  INSERT INTO notifications(restaurant_id, audience, kind, event, severity, message, order_id, table_id, order_uuids_json)
  SELECT t.restaurant_id, 'kitchen', 'table_ready', 'ready', 2, 'Table '||t.number||' is ready', NULL, t.id, json_group_array(o.uuid)
  FROM tables t JOIN orders o ON o.restaurant_id = t.restaurant_id AND o.status = 'ready' AND +o.table_id = t.id
  WHERE o.workflow_id = 1 AND t.id = CASE                                     -- no table: nothing is read
    WHEN NEW.table_id IS NOT OLD.table_id OR NEW.status <> 'ready' AND NEW.status <> 'cancelled' THEN NULL
    WHEN OLD.status <> 'new' AND OLD.status <> 'pending' AND OLD.status <> 'confirmed' AND OLD.status <> 'preparing' THEN NULL
    WHEN EXISTS (SELECT 1 FROM orders x WHERE x.table_id = NEW.table_id AND (x.status = 'new' OR x.status = 'pending' OR x.status = 'confirmed' OR x.status = 'preparing')) THEN NULL
    ELSE NEW.table_id END
  GROUP BY t.id
  UNION ALL                                                                   -- each INSERT ... SELECT makes a table of its own for what it selects
  SELECT NEW.restaurant_id, coalesce('waiter:'||NEW.waiter_id, 'floor'), 'order_notification', NEW.status, 3,
         coalesce('Order for table '||(SELECT number FROM tables WHERE id = NEW.table_id), 'Order '||NEW.public_id)
           ||CASE NEW.status WHEN 'ready' THEN ' is ready' ELSE ' was cancelled' END, NEW.id, NEW.table_id, NULL
  WHERE NEW.status = 'ready' OR NEW.status = 'cancelled';
END;

-- Who is on the road is busy, and free again with the last delivery, however it ended. Who has gone offline stays so until they take one. No vocabulary has a
-- word for it: nobody is told.
CREATE TRIGGER orders_busy_driver AFTER UPDATE OF status, driver_id ON orders
WHEN coalesce(NEW.driver_id, OLD.driver_id) IS NOT NULL AND (NEW.status IS NOT OLD.status OR NEW.driver_id IS NOT OLD.driver_id)
BEGIN
  UPDATE drivers SET status = 'busy', version = version + 1, updated_at = CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)
  WHERE user_id = NEW.driver_id AND NEW.status = 'out_for_delivery' AND status <> 'busy';
  UPDATE drivers SET status = 'available', version = version + 1, updated_at = CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)
  WHERE user_id IN (OLD.driver_id, NEW.driver_id) AND status = 'busy'
    AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.driver_id = drivers.user_id AND o.status = 'out_for_delivery');
END;

CREATE TRIGGER orders_busy_driver_inserted AFTER INSERT ON orders
WHEN NEW.driver_id IS NOT NULL AND NEW.status = 'out_for_delivery'
BEGIN
  UPDATE drivers SET status = 'busy', version = version + 1, updated_at = CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)
  WHERE user_id = NEW.driver_id AND status <> 'busy';
END;

CREATE TRIGGER orders_busy_driver_deleted AFTER DELETE ON orders
WHEN OLD.driver_id IS NOT NULL AND OLD.status = 'out_for_delivery'
BEGIN
  UPDATE drivers SET status = 'available', version = version + 1, updated_at = CAST((julianday('now')-2440587.5)*86400000 AS INTEGER)
  WHERE user_id = OLD.driver_id AND status = 'busy'
    AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.driver_id = drivers.user_id AND o.status = 'out_for_delivery');
END;

CREATE TRIGGER payments_tell_inserted AFTER INSERT ON payments
WHEN NEW.status = 'captured'
BEGIN
  INSERT INTO notifications(restaurant_id, audience, kind, event, message, order_id, payment_id, table_id)
  SELECT r.id, coalesce('waiter:'||coalesce(o.waiter_id, s.waiter_id), 'floor'), 'payment_notification', 'captured',
         'Payment of '||CASE r.currency_exp WHEN 0 THEN NEW.amount_minor
                        WHEN 1 THEN printf('%d.%01d', NEW.amount_minor / 10, NEW.amount_minor % 10)
                        WHEN 2 THEN printf('%d.%02d', NEW.amount_minor / 100, NEW.amount_minor % 100)
                        WHEN 3 THEN printf('%d.%03d', NEW.amount_minor / 1000, NEW.amount_minor % 1000)
                        ELSE printf('%d.%04d', NEW.amount_minor / 10000, NEW.amount_minor % 10000) END
           ||' '||r.currency||coalesce(' for table '||t.number, ' for '||o.public_id, ''),
         NEW.order_id, NEW.id, t.id
  FROM (SELECT 1)
  LEFT JOIN orders o ON o.id = NEW.order_id
  LEFT JOIN table_sessions s ON s.id = coalesce(NEW.session_id, o.session_id)
  LEFT JOIN tables t ON t.id = coalesce(o.table_id, s.table_id)
  JOIN restaurants r ON r.id = coalesce(o.restaurant_id, t.restaurant_id);
END;

CREATE TRIGGER payments_tell_captured AFTER UPDATE OF status ON payments
WHEN NEW.status = 'captured' AND OLD.status <> 'captured'
BEGIN
  INSERT INTO notifications(restaurant_id, audience, kind, event, message, order_id, payment_id, table_id)
  SELECT r.id, coalesce('waiter:'||coalesce(o.waiter_id, s.waiter_id), 'floor'), 'payment_notification', 'captured',
         'Payment of '||CASE r.currency_exp WHEN 0 THEN NEW.amount_minor
                        WHEN 1 THEN printf('%d.%01d', NEW.amount_minor / 10, NEW.amount_minor % 10)
                        WHEN 2 THEN printf('%d.%02d', NEW.amount_minor / 100, NEW.amount_minor % 100)
                        WHEN 3 THEN printf('%d.%03d', NEW.amount_minor / 1000, NEW.amount_minor % 1000)
                        ELSE printf('%d.%04d', NEW.amount_minor / 10000, NEW.amount_minor % 10000) END
           ||' '||r.currency||coalesce(' for table '||t.number, ' for '||o.public_id, ''),
         NEW.order_id, NEW.id, t.id
  FROM (SELECT 1)
  LEFT JOIN orders o ON o.id = NEW.order_id
  LEFT JOIN table_sessions s ON s.id = coalesce(NEW.session_id, o.session_id)
  LEFT JOIN tables t ON t.id = coalesce(o.table_id, s.table_id)
  JOIN restaurants r ON r.id = coalesce(o.restaurant_id, t.restaurant_id);
END;

CREATE TRIGGER tasks_tell_created AFTER INSERT ON tasks
WHEN NEW.status = 'open'
BEGIN
  INSERT INTO notifications(restaurant_id, audience, kind, event, severity, message, order_id, task_id, table_id)
  VALUES (NEW.restaurant_id, coalesce('waiter:'||NEW.assignee_id, 'floor'), 'task_notification', 'created', NEW.priority, NEW.title, NEW.order_id, NEW.id, NEW.table_id);
END;

CREATE TRIGGER tasks_tell_assigned AFTER UPDATE OF assignee_id ON tasks
WHEN NEW.assignee_id IS NOT OLD.assignee_id AND NEW.assignee_id IS NOT NULL AND NEW.status = 'open'
BEGIN
  INSERT INTO notifications(restaurant_id, audience, kind, event, severity, message, order_id, task_id, table_id)
  VALUES (NEW.restaurant_id, 'waiter:'||NEW.assignee_id, 'task_notification', 'assigned', NEW.priority, NEW.title, NEW.order_id, NEW.id, NEW.table_id);
END;
