//! What is known of an order whose row is gone: its last row, as the change log kept it.

use super::{CustomerFacts, OrderFacts, OrderType, Source};
use crate::db::{Error, Reader, params};
use crate::domain::Status;
use serde::Deserialize;

/// A row of `orders`, column by column.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)]
pub struct Remains {
    pub id: i64,
    uuid: String,
    public_id: String,
    pub restaurant_id: i64,
    pub workflow_id: i64,
    status: String,
    #[serde(rename = "type")]
    order_type: String,
    source: String,
    table_id: Option<i64>,
    session_id: Option<i64>,
    waiter_id: Option<i64>,
    customer_id: Option<i64>,
    driver_id: Option<i64>,
    subtotal_minor: i64,
    discount_minor: i64,
    tax_minor: i64,
    delivery_fee_minor: i64,
    tip_minor: i64,
    total_minor: i64,
    note: Option<String>,
    allergy_note: Option<String>,
    priority: i64,
    eta_at: Option<i64>,
    created_at: i64,
    approved_at: Option<i64>,
    confirmed_at: Option<i64>,
    preparing_at: Option<i64>,
    ready_at: Option<i64>,
    driver_accepted_at: Option<i64>,
    picked_up_at: Option<i64>,
    delivered_at: Option<i64>,
    completed_at: Option<i64>,
    cancelled_at: Option<i64>,
    cancel_reason: Option<String>,
    allergy_acked_at: Option<i64>,
    cancel_acked_at: Option<i64>,
    called_at: Option<i64>,
    updated_at: i64,
    version: i64,
}

impl Remains {
    /// The order as it was, one version later. Its lines and its payments are not known any more.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn facts(self, db: &Reader<'_>) -> Result<OrderFacts, Error> {
        let (currency, currency_exp, table_number, customer, restaurant_uuid, code, waiter_name) = db
            .row(
                "SELECT r.currency, r.currency_exp, (SELECT number FROM tables WHERE id = ?2), c.id, c.user_id, c.name, c.phone, r.uuid,
                 (SELECT code FROM order_codes WHERE id = ?4), (SELECT name FROM users WHERE id = ?5)
                 FROM restaurants r LEFT JOIN customers c ON c.id = ?3 WHERE r.id = ?1",
                params![self.restaurant_id, self.table_id, self.customer_id, self.id, self.waiter_id],
                |row| {
                    let customer = match row.get::<Option<i64>>(3)? {
                        Some(_) => Some(CustomerFacts {
                            user_id: row.get(4)?,
                            name: row.get(5)?,
                            phone: row.get(6)?,
                        }),
                        None => None,
                    };
                    Ok((
                        row.get(0)?,
                        row.get(1)?,
                        row.get(2)?,
                        customer,
                        row.get(7)?,
                        row.get(8)?,
                        row.get(9)?,
                    ))
                },
            )?
            .unwrap_or_default();
        Ok(OrderFacts {
            id: self.id,
            uuid: self.uuid,
            public_id: self.public_id,
            code,
            restaurant_id: self.restaurant_id,
            restaurant_uuid,
            workflow_id: self.workflow_id,
            status: self.status.parse().unwrap_or(Status::Cancelled),
            stage: None,
            order_type: OrderType::of(&self.order_type),
            source: Source::of(&self.source),
            table_id: self.table_id,
            table_number,
            session_id: self.session_id,
            waiter_id: self.waiter_id,
            waiter_name,
            guests_count: None,
            customer_id: self.customer_id,
            driver_id: self.driver_id,
            items_count: 0,
            subtotal_minor: self.subtotal_minor,
            discount_minor: self.discount_minor,
            tax_minor: self.tax_minor,
            delivery_fee_minor: self.delivery_fee_minor,
            tip_minor: self.tip_minor,
            total_minor: self.total_minor,
            paid_minor: 0,
            refunded: false,
            currency,
            currency_exp,
            note: self.note,
            allergy_note: self.allergy_note,
            allergy_acked_at: self.allergy_acked_at,
            priority: self.priority,
            eta_at: self.eta_at,
            created_at: self.created_at,
            approved_at: self.approved_at,
            confirmed_at: self.confirmed_at,
            preparing_at: self.preparing_at,
            ready_at: self.ready_at,
            driver_accepted_at: self.driver_accepted_at,
            picked_up_at: self.picked_up_at,
            delivered_at: self.delivered_at,
            completed_at: self.completed_at,
            cancelled_at: self.cancelled_at,
            cancel_reason: self.cancel_reason,
            cancel_acked_at: self.cancel_acked_at,
            recalled_at: None,
            called_at: self.called_at,
            seen_at: None,
            updated_at: self.updated_at,
            version: self.version + 1,
            customer,
            address: None,
            restaurant_name: None,
            failed_at: None,
            fail_reason: None,
            lines: Vec::new(),
        })
    }
}
