-- Migration 2: sums follow lines, whoever writes.
--
-- The triggers of lines are for other programs only: their names say so (`others_`), and so they are silent on the server's own connection, which sums up once
-- for all the lines that a command has changed: it inserts into `order_sums` itself (domain::items). Hence `coalesce(1, 0)`, and no other `coalesce`.
--
--   * A line that is changed, voided or deleted has its order summed up anew: the subtotal is what its lines cost that are not voided, and the total
--     follows: less the discount, with tax, fee and tip, never below zero. They stay as they are.
--   * A line that is added counts where the subtotal was that of the lines before it. A program that writes an order with sums of its own, and then its lines,
--     keeps its sums.
--   * A total that was no such sum (rounded, agreed upon) changes by as much as the subtotal.
--   * What is completed or cancelled is history, and other workflows' orders cost what they say: both stay.
--
-- `total()`, because `sum()` fails where the numbers have no sum: the owner of the database is never refused. It is exact up to 2^53.

-- Orders to be summed up are inserted here, by the triggers and by the server: one rule for both. A place of their own, because SQLite clears the registers of a whole trigger each time before it looks at its
-- condition: those of the lines are small. `added`: what a new line costs.
CREATE VIEW order_sums(order_id, added) AS SELECT id, NULL FROM orders;

CREATE TRIGGER order_sums_wanted INSTEAD OF INSERT ON order_sums
BEGIN
  UPDATE orders SET
    subtotal_minor = CAST((SELECT total(qty * unit_price_minor) FROM order_items WHERE order_id = NEW.order_id AND status <> 'voided') AS INTEGER),
    total_minor = CAST(max(0, (SELECT total(qty * unit_price_minor) FROM order_items WHERE order_id = NEW.order_id AND status <> 'voided')
      + CASE total_minor WHEN max(0, subtotal_minor - discount_minor + tax_minor + delivery_fee_minor + tip_minor)
          THEN tax_minor + delivery_fee_minor + tip_minor - discount_minor ELSE total_minor - subtotal_minor END) AS INTEGER)
  WHERE id = NEW.order_id AND workflow_id = 1 AND status <> 'completed' AND status <> 'cancelled'
    AND subtotal_minor <> CAST((SELECT total(qty * unit_price_minor) FROM order_items WHERE order_id = NEW.order_id AND status <> 'voided') AS INTEGER)
    AND (NEW.added IS NULL OR subtotal_minor =
         CAST((SELECT total(qty * unit_price_minor) FROM order_items WHERE order_id = NEW.order_id AND status <> 'voided') - NEW.added AS INTEGER));
END;

CREATE TRIGGER others_line_inserted AFTER INSERT ON order_items
WHEN coalesce(1, 0) AND NEW.status <> 'voided'
BEGIN
  INSERT INTO order_sums VALUES (NEW.order_id, NEW.qty * NEW.unit_price_minor);
END;

CREATE TRIGGER others_line_updated AFTER UPDATE OF qty, unit_price_minor, status, order_id ON order_items
WHEN coalesce(1, 0) AND (NEW.qty IS NOT OLD.qty OR NEW.unit_price_minor IS NOT OLD.unit_price_minor OR NEW.order_id IS NOT OLD.order_id
  OR (NEW.status = 'voided') IS NOT (OLD.status = 'voided'))
BEGIN
  INSERT INTO order_sums VALUES (NEW.order_id, NULL);
  INSERT INTO order_sums VALUES (OLD.order_id, NULL);
END;

CREATE TRIGGER others_line_deleted AFTER DELETE ON order_items
WHEN coalesce(1, 0) AND OLD.status <> 'voided' AND NOT EXISTS (SELECT 1 FROM change_replaced WHERE tbl = '>orders')   -- its order goes too
BEGIN
  INSERT INTO order_sums VALUES (OLD.order_id, NULL);
END;
