//! How things look over HTTP: canonical statuses, amounts as decimal text, times in ISO 8601.

use super::super::messages::{ItemData, Time};
use crate::domain::Status;
use crate::domain::items::ItemFacts;
use crate::domain::orders::{OrderFacts, OrderType, Page, Paid, Source};
use serde::Serialize;

/// An order, with its lines where one was asked for.
#[derive(Serialize)]
pub struct Order<'a> {
    id: i64,
    uuid: &'a str,
    public_id: &'a str,
    restaurant_id: i64,
    status: Status,
    r#type: OrderType,
    source: Source,
    table_id: Option<i64>,
    table_number: Option<&'a str>,
    session_id: Option<i64>,
    waiter_id: Option<i64>,
    driver_id: Option<i64>,
    customer_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Vec<ItemData<'a>>>,
    items_count: i64,
    subtotal: String,
    discount: String,
    tax: String,
    delivery_fee: String,
    tip: String,
    total_amount: String,
    paid_amount: String,
    balance: String,
    payment_status: Paid,
    currency: &'a str,
    note: Option<&'a str>,
    allergy_note: Option<&'a str>,
    priority: i64,
    eta_at: Time,
    created_at: Time,
    approved_at: Time,
    confirmed_at: Time,
    preparing_at: Time,
    ready_at: Time,
    picked_up_at: Time,
    delivered_at: Time,
    completed_at: Time,
    cancelled_at: Time,
    cancel_reason: Option<&'a str>,
    updated_at: Time,
    version: i64,
}

impl<'a> Order<'a> {
    /// Without its lines.
    pub fn of(order: &'a OrderFacts) -> Self {
        Order {
            id: order.id,
            uuid: &order.uuid,
            public_id: &order.public_id,
            restaurant_id: order.restaurant_id,
            status: order.status,
            r#type: order.order_type,
            source: order.source,
            table_id: order.table_id,
            table_number: order.table_number.as_deref(),
            session_id: order.session_id,
            waiter_id: order.waiter_id,
            driver_id: order.driver_id,
            customer_id: order.customer_id,
            items: None,
            items_count: order.items_count,
            subtotal: order.amount(order.subtotal_minor),
            discount: order.amount(order.discount_minor),
            tax: order.amount(order.tax_minor),
            delivery_fee: order.amount(order.delivery_fee_minor),
            tip: order.amount(order.tip_minor),
            total_amount: order.total(),
            paid_amount: order.amount(order.paid_minor),
            balance: order.amount(order.balance_minor()),
            payment_status: order.paid(),
            currency: &order.currency,
            note: order.note.as_deref(),
            allergy_note: order.allergy_note.as_deref(),
            priority: order.priority,
            eta_at: Time(order.eta_at),
            created_at: Time(Some(order.created_at)),
            approved_at: Time(order.approved_at),
            confirmed_at: Time(order.confirmed_at),
            preparing_at: Time(order.preparing_at),
            ready_at: Time(order.ready_at),
            picked_up_at: Time(order.picked_up_at),
            delivered_at: Time(order.delivered_at),
            completed_at: Time(order.completed_at),
            cancelled_at: Time(order.cancelled_at),
            cancel_reason: order.cancel_reason.as_deref(),
            updated_at: Time(Some(order.updated_at)),
            version: order.version,
        }
    }

    /// With them.
    pub fn with_items(order: &'a OrderFacts, items: &'a [ItemFacts]) -> Self {
        Order {
            items: Some(items.iter().map(ItemData::of).collect()),
            ..Order::of(order)
        }
    }
}

/// One page of a list: those that follow have ids below `next`.
#[derive(Serialize)]
pub struct Listed<T> {
    items: Vec<T>,
    next: Option<i64>,
    total: i64,
}

impl<T> Listed<T> {
    /// Shows what a page holds.
    pub fn of<'a, F>(page: &'a Page<F>, show: impl Fn(&'a F) -> T) -> Self {
        Listed {
            items: page.items.iter().map(show).collect(),
            next: page.next,
            total: page.total,
        }
    }
}
