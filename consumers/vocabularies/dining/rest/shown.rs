//! How things look over HTTP: canonical statuses, amounts as decimal text, times in ISO 8601.

use crate::domain::items::ItemFacts;
use crate::domain::orders::{OrderFacts, OrderType, Paid, Source};
use crate::domain::page::Page;
use crate::domain::payments::{Allocated, PaymentFacts, PaymentState, Share};
use crate::domain::waiters::WaiterFacts;
use crate::domain::{Status, money};
use crate::vocabularies::dining::messages::{ItemData, Time};
use serde::Serialize;
use utoipa::ToSchema;

/// An order, with its lines where one was asked for.
#[derive(Serialize, ToSchema)]
pub struct Order<'a> {
    id: i64,
    uuid: &'a str,
    public_id: &'a str,
    /// What is called out: `P41`.
    code: Option<&'a str>,
    restaurant_id: i64,
    status: Status,
    r#type: OrderType,
    source: Source,
    table_id: Option<i64>,
    table_number: Option<&'a str>,
    session_id: Option<i64>,
    waiter_id: Option<i64>,
    waiter_name: Option<&'a str>,
    guests_count: Option<i64>,
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
    /// When a cook confirmed the allergy note.
    allergy_acked_at: Time,
    /// When the kitchen's screens had drawn all that was fired of it.
    seen_at: Time,
    recalled_at: Time,
    /// When it was last called again.
    called_at: Time,
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
            code: order.code.as_deref(),
            restaurant_id: order.restaurant_id,
            status: order.status,
            r#type: order.order_type,
            source: order.source,
            table_id: order.table_id,
            table_number: order.table_number.as_deref(),
            session_id: order.session_id,
            waiter_id: order.waiter_id,
            waiter_name: order.waiter_name.as_deref(),
            guests_count: order.guests_count,
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
            allergy_acked_at: Time(order.allergy_acked_at),
            seen_at: Time(order.seen_at),
            recalled_at: Time(order.recalled_at),
            called_at: Time(order.called_at),
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
#[derive(Serialize, ToSchema)]
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

/// Somebody who serves.
#[derive(Serialize, ToSchema)]
pub struct Waiter<'a> {
    id: i64,
    waiter_id: i64,
    uuid: &'a str,
    restaurant_id: i64,
    name: &'a str,
    is_active: bool,
    version: i64,
}

impl<'a> Waiter<'a> {
    pub fn of(waiter: &'a WaiterFacts) -> Self {
        Waiter {
            id: waiter.id,
            waiter_id: waiter.id,
            uuid: &waiter.uuid,
            restaurant_id: waiter.restaurant_id,
            name: &waiter.name,
            is_active: waiter.is_active,
            version: waiter.version,
        }
    }
}

/// A payment.
#[derive(Serialize, ToSchema)]
pub struct Payment<'a> {
    id: i64,
    payment_id: i64,
    uuid: &'a str,
    order_id: Option<i64>,
    session_id: Option<i64>,
    table_number: Option<&'a str>,
    amount: String,
    tip: String,
    currency: &'a str,
    /// Given back of it.
    refunded: String,
    method: &'a str,
    status: PaymentState,
    /// Rows of one payment of a visit have the same.
    group_uuid: Option<&'a str>,
    /// Which of how many equal shares of a visit's bill.
    share: Option<Share>,
    /// The lines that it was for, where that was said.
    items: Vec<AllocatedLine>,
    /// The account of whoever took it.
    taken_by: Option<i64>,
    created_at: Time,
    captured_at: Time,
    version: i64,
}

/// A line, or some of its pieces, that a payment was for.
#[derive(Serialize, ToSchema)]
pub struct AllocatedLine {
    id: i64,
    quantity: i64,
    amount: String,
}

impl AllocatedLine {
    /// In a currency with `exp` digits after the point.
    pub fn of(id: i64, quantity: i64, amount_minor: i64, exp: u32) -> Self {
        AllocatedLine {
            id,
            quantity,
            amount: money::format(amount_minor, exp),
        }
    }
}

impl<'a> Payment<'a> {
    /// With the lines that it was for.
    pub fn with_items(payment: &'a PaymentFacts, items: &[Allocated]) -> Self {
        let exp = payment.currency_exp;
        let line = |line: &Allocated| {
            AllocatedLine::of(line.item_id, line.quantity, line.amount_minor, exp)
        };
        Payment {
            items: items.iter().map(line).collect(),
            ..Payment::of(payment)
        }
    }

    /// Of which nobody said what lines it was for.
    pub fn of(payment: &'a PaymentFacts) -> Self {
        Payment {
            id: payment.id,
            payment_id: payment.id,
            uuid: &payment.uuid,
            order_id: payment.order_id,
            session_id: payment.session_id,
            table_number: payment.table_number.as_deref(),
            amount: payment.amount(),
            tip: money::format(payment.tip_minor, payment.currency_exp),
            currency: &payment.currency,
            refunded: money::format(payment.refunded_minor, payment.currency_exp),
            method: &payment.method,
            status: payment.status,
            group_uuid: payment.group_uuid.as_deref(),
            share: payment.share,
            items: Vec::new(),
            taken_by: payment.taken_by,
            created_at: Time(Some(payment.created_at)),
            captured_at: Time(payment.captured_at),
            version: payment.version,
        }
    }
}
