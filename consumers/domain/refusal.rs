//! Everything that can be refused, with its stable code.
//!
//! | code | HTTP | when | should the client try again? |
//! |---|---|---|---|
//! | `NOT_FOUND` | 404 | no such order, table, ... | no |
//! | `FORBIDDEN` | 403 | this role may not do this, or not to this one | no |
//! | `INVALID_VALUE` | 422 | a value breaks a rule; the text names the field | after correcting it |
//! | `INVALID_STATUS` | 422 | no such status in this vocabulary; `allowed` lists them | after correcting it |
//! | `NAME_TAKEN` | 409 | something else is called that | with another name |
//! | `INVALID_AMOUNT` | 422 | not an amount in this currency | after correcting it |
//! | `INVALID_TRANSITION` | 409 | the status does not lead there; `status` is the present one, `allowed` where it leads for this role | after looking |
//! | `RECALL_EXPIRED` | 409 | it was ready or served too long ago | no |
//! | `VERSION_CONFLICT` | 409 | somebody else changed it meanwhile; `version` is the present one | after looking |
//! | `REASON_REQUIRED` | 422 | overriding, forcing and voiding say why | with a reason |
//! | `ORDER_CLOSED` | 409 | delivered, completed or cancelled: what comes now is a new order | as a new order |
//! | `ORDER_HAS_PAYMENTS` | 409 | an order with money on it is cancelled or refunded, not deleted | no |
//! | `OPEN_ITEMS_NOT_ALLOWED` | 403 | lines without a menu item are for staff here | with a menu item |
//! | `ORDER_TAKEN` | 409 | another driver was faster | no |
//! | `ORDER_NOT_AVAILABLE` | 409 | it is not on offer to drivers; `status` is the present one | when it is |
//! | `SOLD_OUT` | 409 | lines of it are sold out; `items` lists them all, and nothing was placed | without them |
//! | `UNCONFIRMED` | 409 | a cook has not confirmed a void or an allergy of the ticket; `voids` and `allergies` list the lines | after confirming them |
//! | `ITEM_IN_PREPARATION` | 409 | the kitchen has begun: a manager may still void it | no |
//! | `LINE_EXISTS` | 409 | this line's uuid belongs to another order | with another uuid |
//! | `BALANCE_CHANGED` | 409 | the balance is not what the client saw; `balance` is the true one | after showing it |
//! | `OVERPAYMENT` | 409 | more than what is left to pay; `balance` is that | with less |
//! | `NOTHING_TO_PAY` | 409 | it is paid, or cancelled | no |
//! | `LINE_PAID` | 409 | less of this line is left to pay than was wanted | after looking |
//! | `SHARE_PAID` | 409 | this share of the bill is paid | with another share |
//! | `OVERREFUND` | 409 | more than what is left of the payment; `left` is that | with less |
//! | `TERMINAL_BUSY` | 409 | a card terminal is asking for this order's money already | later |
//! | `PAYMENT_STATE` | 409 | the payment is not in the state this needs | no |
//! | `IDEMPOTENCY_CONFLICT` | 409 | the key was used for another payment | with a new key |
//! | `UNPAID_ORDERS` | 409 | the table owes; `orders` lists what | after paying; a manager with `force` and a reason |
//! | `TABLE_OCCUPIED` | 409 | others sit there | with `merge`, if they are to have one bill |
//! | `TABLE_INACTIVE` | 409 | the table is out of use | no |
//! | `SESSION_CLOSED` | 410 | the visit is over | no: ask a waiter |
//! | `CURRENCY_IN_USE` | 409 | orders have prices in the currency that is to go | no |
//! | `OTHER_RESTAURANT` | 422 | the two things belong to different restaurants | no |

use super::Status;
use super::items::ItemStatus;
use super::payments::PaymentState;
use crate::db::{ClientError, Error, Kind};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Why something was not done. Serialized, it is the `details` of the answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Refusal {
    /// There is none, or none for the asker.
    NotFound {
        /// What was looked for.
        entity: &'static str,
    },
    /// This role may not.
    Forbidden(#[serde(skip)] Cow<'static, str>),
    /// A value breaks a rule.
    Value {
        /// Whose value.
        field: &'static str,
        /// The rule.
        #[serde(skip)]
        rule: Cow<'static, str>,
    },
    /// No such status in this vocabulary.
    UnknownStatus {
        /// Those there are.
        allowed: Vec<&'static str>,
    },
    /// No such stage in this workflow.
    UnknownStage {
        /// Those there are.
        allowed: Vec<String>,
    },
    /// Something else is called that.
    NameTaken {
        /// Whose value.
        field: &'static str,
    },
    /// Not an amount in this currency.
    Amount {
        /// Digits after the point that this currency has.
        currency_exp: u32,
    },
    /// The status does not lead there.
    Transition {
        /// The present one.
        status: Status,
        /// The one that was asked for.
        requested: Status,
        /// Where the present one leads for this role.
        allowed: Vec<Status>,
    },
    /// The status of a line does not lead there.
    ItemTransition {
        /// The present status.
        status: ItemStatus,
        /// The one that was asked for.
        requested: ItemStatus,
    },
    /// The line was ready or served too long ago.
    RecallExpired,
    /// Somebody else changed it meanwhile.
    Version {
        /// The present one.
        version: i64,
    },
    /// Say why.
    Reason,
    /// Nothing is added to it any more.
    OrderClosed {
        /// The present status.
        status: Status,
    },
    /// Another driver has it.
    Taken,
    /// Drivers cannot take it now.
    NotOnOffer {
        /// The present status.
        status: Status,
    },
    /// Money is on it.
    OrderHasPayments,
    /// Lines without a menu item are for staff.
    OpenItems,
    /// Some of what is ordered is sold out.
    SoldOut {
        /// The first dish that is.
        menu_item_id: i64,
        /// All lines that cannot be made.
        items: Vec<SoldOutLine>,
    },
    /// A cook has to say first that they know.
    Unconfirmed {
        /// Lines that are off.
        voids: Vec<i64>,
        /// Lines that somebody is allergic to something in.
        allergies: Vec<i64>,
        /// The order's own note says so.
        order_allergy: bool,
    },
    /// The kitchen has begun.
    InPreparation,
    /// A line of this uuid belongs to another order.
    LineExists,
    /// The balance is not what the client saw.
    BalanceChanged {
        /// The true one.
        balance: String,
    },
    /// More than what is left.
    Overpayment {
        /// What is left.
        balance: String,
    },
    /// The order is paid, or cancelled.
    NothingToPay,
    /// Less is left to pay of a line than was wanted.
    LinePaid {
        /// Which one.
        item_id: i64,
    },
    /// This share of a bill is paid.
    SharePaid {
        /// Which one.
        n: i64,
    },
    /// More is to be given back than is left of the payment.
    OverRefund {
        /// What is left of it.
        left: String,
    },
    /// A terminal is asking already.
    TerminalBusy,
    /// The payment is not in the state this needs.
    PaymentState {
        /// Its state.
        status: PaymentState,
    },
    /// The key was used for another payment.
    KeyUsed,
    /// The table owes.
    Unpaid {
        /// What.
        orders: Vec<UnpaidOrder>,
        /// Altogether.
        total_unpaid: String,
    },
    /// Others sit there.
    TableOccupied {
        /// Where.
        table_id: i64,
        /// What is on the table.
        table_number: String,
        /// Their visit.
        session_id: i64,
        /// How many they are.
        guests_count: i64,
    },
    /// Orders have prices in the currency that is to go.
    CurrencyInUse,
    /// The table is out of use.
    TableInactive,
    /// The visit is over.
    SessionClosed,
    /// The two things belong to different restaurants.
    OtherRestaurant {
        /// Whose place is wrong.
        field: &'static str,
    },
}

/// A line that is sold out, as [`Refusal::SoldOut`] lists it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct SoldOutLine {
    /// Where it stands in the request, from 0.
    pub index: usize,
    /// The line's own, where the client made one.
    pub uuid: Option<String>,
    pub menu_item_id: i64,
    pub name: String,
}

/// An order that is not paid, as [`Refusal::Unpaid`] lists it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct UnpaidOrder {
    pub id: i64,
    pub public_id: String,
    pub total_amount: String,
    pub balance: String,
    #[serde(skip)]
    pub balance_minor: i64,
}

impl Refusal {
    /// A value breaks a rule.
    pub fn value(field: &'static str, rule: impl Into<Cow<'static, str>>) -> Self {
        Refusal::Value {
            field,
            rule: rule.into(),
        }
    }

    /// The stable code. Every code of the domain is spelled here and nowhere else.
    pub const fn code(&self) -> &'static str {
        match self {
            Refusal::NotFound { .. } => "NOT_FOUND",
            Refusal::Forbidden(_) => "FORBIDDEN",
            Refusal::Value { .. } => "INVALID_VALUE",
            Refusal::UnknownStatus { .. } | Refusal::UnknownStage { .. } => "INVALID_STATUS",
            Refusal::NameTaken { .. } => "NAME_TAKEN",
            Refusal::Amount { .. } => "INVALID_AMOUNT",
            Refusal::Transition { .. } | Refusal::ItemTransition { .. } => "INVALID_TRANSITION",
            Refusal::RecallExpired => "RECALL_EXPIRED",
            Refusal::Version { .. } => "VERSION_CONFLICT",
            Refusal::Reason => "REASON_REQUIRED",
            Refusal::OrderClosed { .. } => "ORDER_CLOSED",
            Refusal::Taken => "ORDER_TAKEN",
            Refusal::NotOnOffer { .. } => "ORDER_NOT_AVAILABLE",
            Refusal::OrderHasPayments => "ORDER_HAS_PAYMENTS",
            Refusal::OpenItems => "OPEN_ITEMS_NOT_ALLOWED",
            Refusal::SoldOut { .. } => "SOLD_OUT",
            Refusal::Unconfirmed { .. } => "UNCONFIRMED",
            Refusal::InPreparation => "ITEM_IN_PREPARATION",
            Refusal::LineExists => "LINE_EXISTS",
            Refusal::BalanceChanged { .. } => "BALANCE_CHANGED",
            Refusal::Overpayment { .. } => "OVERPAYMENT",
            Refusal::NothingToPay => "NOTHING_TO_PAY",
            Refusal::LinePaid { .. } => "LINE_PAID",
            Refusal::SharePaid { .. } => "SHARE_PAID",
            Refusal::OverRefund { .. } => "OVERREFUND",
            Refusal::TerminalBusy => "TERMINAL_BUSY",
            Refusal::PaymentState { .. } => "PAYMENT_STATE",
            Refusal::KeyUsed => "IDEMPOTENCY_CONFLICT",
            Refusal::Unpaid { .. } => "UNPAID_ORDERS",
            Refusal::TableOccupied { .. } => "TABLE_OCCUPIED",
            Refusal::CurrencyInUse => "CURRENCY_IN_USE",
            Refusal::TableInactive => "TABLE_INACTIVE",
            Refusal::SessionClosed => "SESSION_CLOSED",
            Refusal::OtherRestaurant { .. } => "OTHER_RESTAURANT",
        }
    }

    /// What kind of mistake it is.
    pub const fn kind(&self) -> Kind {
        match self {
            Refusal::NotFound { .. } => Kind::NotFound,
            Refusal::Forbidden(_) | Refusal::OpenItems => Kind::Forbidden,
            Refusal::SessionClosed => Kind::Gone,
            Refusal::Value { .. }
            | Refusal::UnknownStatus { .. }
            | Refusal::UnknownStage { .. }
            | Refusal::Amount { .. }
            | Refusal::Reason
            | Refusal::OtherRestaurant { .. } => Kind::Unprocessable,
            _ => Kind::Conflict,
        }
    }

    /// For people.
    pub fn text(&self) -> Cow<'static, str> {
        match self {
            Refusal::NotFound { entity } => format!("no such {entity}").into(),
            Refusal::Forbidden(why) => why.clone(),
            Refusal::Value { field, rule } => format!("{field}: {rule}").into(),
            Refusal::UnknownStatus { allowed } => {
                format!("unknown status; allowed: {}", allowed.join(", ")).into()
            }
            Refusal::UnknownStage { allowed } => {
                format!("unknown status; allowed: {}", allowed.join(", ")).into()
            }
            Refusal::NameTaken { field } => format!("{field}: it is taken").into(),
            Refusal::Amount { currency_exp: 0 } => "an amount is a whole number here".into(),
            Refusal::Amount { currency_exp } => format!(
                "an amount is a decimal number with at most {currency_exp} digits after the point"
            )
            .into(),
            Refusal::Transition {
                status, requested, ..
            } => format!("an order that is {status} cannot become {requested}").into(),
            Refusal::ItemTransition { status, requested } => {
                format!("a line that is {status} cannot become {requested}").into()
            }
            Refusal::RecallExpired => "it is too late to call this back".into(),
            Refusal::Version { version } => {
                format!("it was changed meanwhile and is at version {version}").into()
            }
            Refusal::Reason => "a reason is needed".into(),
            Refusal::OrderClosed { status } => {
                format!("the order is {status}: please place a new one").into()
            }
            Refusal::Taken => "Order already taken".into(),
            Refusal::NotOnOffer { status } => {
                format!("the order is {status}: drivers cannot take it").into()
            }
            Refusal::OrderHasPayments => "the order has payments: cancel or refund it".into(),
            Refusal::OpenItems => "only what is on the menu can be ordered here".into(),
            Refusal::SoldOut { items, .. } => {
                let names: Vec<&str> = items.iter().map(|line| line.name.as_str()).collect();
                let are = if names.len() > 1 { "are" } else { "is" };
                format!("{} {are} sold out", names.join(", ")).into()
            }
            Refusal::Unconfirmed { .. } => "a cook confirms the void or the allergy first".into(),
            Refusal::InPreparation => {
                "the kitchen has begun: only a manager can change this".into()
            }
            Refusal::LineExists => "a line of this uuid belongs to another order".into(),
            Refusal::BalanceChanged { balance } => format!("the balance is {balance} now").into(),
            Refusal::Overpayment { balance } => format!("only {balance} is left to pay").into(),
            Refusal::NothingToPay => "there is nothing to pay".into(),
            Refusal::LinePaid { .. } => "less than that is left to pay of this line".into(),
            Refusal::SharePaid { n } => format!("share {n} is paid").into(),
            Refusal::OverRefund { left } => format!("only {left} is left of this payment").into(),
            Refusal::TerminalBusy => "a card terminal is asking for this already".into(),
            Refusal::PaymentState { status } => format!("the payment is {status}").into(),
            Refusal::KeyUsed => "this key was used for another payment".into(),
            Refusal::Unpaid { total_unpaid, .. } => {
                format!("{total_unpaid} is not paid yet").into()
            }
            Refusal::TableOccupied { table_number, .. } => {
                format!("others sit at table {table_number}").into()
            }
            Refusal::CurrencyInUse => "orders have prices in this currency".into(),
            Refusal::TableInactive => "this table is out of use".into(),
            Refusal::SessionClosed => "this visit is over: please ask a waiter".into(),
            Refusal::OtherRestaurant { field } => {
                format!("{field}: it belongs to another restaurant").into()
            }
        }
    }

    const fn has_details(&self) -> bool {
        !matches!(
            self,
            Refusal::Forbidden(_)
                | Refusal::RecallExpired
                | Refusal::Reason
                | Refusal::Taken
                | Refusal::OrderHasPayments
                | Refusal::OpenItems
                | Refusal::InPreparation
                | Refusal::LineExists
                | Refusal::NothingToPay
                | Refusal::TerminalBusy
                | Refusal::KeyUsed
                | Refusal::TableInactive
                | Refusal::CurrencyInUse
                | Refusal::SessionClosed
        )
    }
}

impl From<Refusal> for ClientError {
    fn from(refusal: Refusal) -> Self {
        let error = ClientError::new(refusal.kind(), refusal.code(), refusal.text());
        if refusal.has_details() {
            error.with_details(&refusal)
        } else {
            error
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Error::Client(refusal.into())
    }
}
