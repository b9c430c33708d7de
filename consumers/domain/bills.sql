-- Bills of whole visits, money that is given back in part, visits that become one, drivers who are off, deliveries that fail.

-- One payment of a visit is a row for each order that it covers: what is paid of an order stays the sum of its rows. Together they are a group.
ALTER TABLE payments ADD COLUMN group_uuid TEXT;
ALTER TABLE payments ADD COLUMN share_n  INTEGER CHECK (share_n > 0);                       -- the nth of `share_of` equal shares
ALTER TABLE payments ADD COLUMN share_of INTEGER CHECK (share_of > 0);
-- Given back of what was captured. All of it, where the status is `refunded`, also where another program set only that.
ALTER TABLE payments ADD COLUMN refunded_minor INTEGER NOT NULL DEFAULT 0 CHECK (refunded_minor BETWEEN 0 AND amount_minor);
CREATE INDEX payments_group ON payments(group_uuid) WHERE group_uuid IS NOT NULL;
CREATE INDEX payments_day   ON payments(captured_at) WHERE captured_at IS NOT NULL;

-- Guests of a visit that was merged into another one are guests of that one: their phones go on.
ALTER TABLE table_sessions ADD COLUMN merged_into_id INTEGER REFERENCES table_sessions(id);

-- The driver could not hand it over: when, why, and the task that it is for the house. It counts while the order is on the road.
ALTER TABLE orders ADD COLUMN failed_at    INTEGER;
ALTER TABLE orders ADD COLUMN fail_reason  TEXT;
ALTER TABLE orders ADD COLUMN fail_task_id INTEGER;

-- Since when a driver takes no orders, because they said so. A driver who never said anything is `offline` without it, and is offered orders. Who goes off
-- on the road brings that delivery to its end, and is off then.
ALTER TABLE drivers ADD COLUMN offline_at INTEGER;
CREATE TRIGGER drivers_went_offline AFTER UPDATE OF status ON drivers
WHEN NEW.status = 'offline' AND OLD.status <> 'offline' AND NEW.offline_at IS NULL
BEGIN
  UPDATE drivers SET offline_at = CAST((julianday('now')-2440587.5)*86400000 AS INTEGER) WHERE user_id = NEW.user_id;
END;
CREATE TRIGGER drivers_came_online AFTER UPDATE OF status ON drivers
WHEN NEW.status = 'available' AND OLD.status = 'offline' AND NEW.offline_at IS NOT NULL
BEGIN
  UPDATE drivers SET offline_at = NULL WHERE user_id = NEW.user_id;
END;
CREATE TRIGGER drivers_came_home AFTER UPDATE OF status ON drivers
WHEN NEW.status = 'available' AND OLD.status = 'busy' AND NEW.offline_at IS NOT NULL
BEGIN
  UPDATE drivers SET status = 'offline' WHERE user_id = NEW.user_id;
END;

-- A driver who said "delivered" too early takes it back.
INSERT INTO workflow_transitions(workflow_id, from_code, to_code, kind, guard, roles_json) VALUES
  (1, 'delivered', 'out_for_delivery', 'recall', 'assigned', '["driver","manager","admin"]'),
  (1, 'completed', 'out_for_delivery', 'recall', 'assigned', '["driver","manager","admin"]');
