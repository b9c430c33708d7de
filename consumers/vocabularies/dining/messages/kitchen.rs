//! What guests read on the board, and what those who serve learn of the kitchen.

use super::data::Time;
use super::item::ItemData;
use crate::domain::board::Column;
use crate::domain::items::ItemFacts;
use crate::domain::orders::OrderFacts;
use schemars::JsonSchema;
use serde::Serialize;
use utoipa::ToSchema;

/// An order on the board: what is called out and a first name, and nothing that is nobody's business.
#[derive(Serialize, ToSchema, JsonSchema)]
#[schema(as = BoardOrder)]
pub(in crate::vocabularies::dining) struct BoardData<'a> {
    order_id: i64,
    code: &'a str,
    name: Option<&'a str>,
    /// The column where it stands; none: it was fetched, or is off.
    place: Option<Column>,
    ready_at: Time,
    /// When it was last called again.
    called_at: Time,
    /// When the board takes it down.
    leaves_at: Time,
    version: i64,
}

impl<'a> BoardData<'a> {
    pub(in crate::vocabularies::dining) fn of(order: &'a OrderFacts) -> Self {
        BoardData {
            order_id: order.id,
            code: order.call_sign(),
            name: order.first_name(),
            place: order.column(),
            ready_at: Time(order.ready_at),
            called_at: Time(order.called_at),
            leaves_at: Time(order.leaves_board_at()),
            version: order.version,
        }
    }
}

/// The same, as news.
#[derive(Serialize, JsonSchema)]
pub(in crate::vocabularies::dining) struct BoardNews<'a> {
    #[serde(flatten)]
    pub order: BoardData<'a>,
    /// Staff called it again: the board chimes once more.
    pub called: bool,
}

/// What the kitchen has seen and confirmed of an order.
#[derive(Serialize, JsonSchema)]
pub(in crate::vocabularies::dining) struct KitchenData<'a> {
    order_id: i64,
    public_id: &'a str,
    code: Option<&'a str>,
    table_id: Option<i64>,
    table_number: Option<&'a str>,
    session_id: Option<i64>,
    seen_at: Time,
    allergy_acked_at: Time,
    /// Lines that the kitchen is to make, and no screen there has drawn.
    unseen: usize,
    /// Voids and allergies that no cook has confirmed.
    unconfirmed: usize,
    items: Vec<ItemData<'a>>,
    version: u64,
}

impl<'a> KitchenData<'a> {
    pub(in crate::vocabularies::dining) fn of(
        order: &'a OrderFacts,
        items: &'a [ItemFacts],
        version: u64,
    ) -> Self {
        let waits = |line: &&ItemFacts| line.void_waits() || line.allergy_waits();
        KitchenData {
            order_id: order.id,
            public_id: &order.public_id,
            code: order.code.as_deref(),
            table_id: order.table_id,
            table_number: order.table_number.as_deref(),
            session_id: order.session_id,
            seen_at: Time(order.seen_at),
            allergy_acked_at: Time(order.allergy_acked_at),
            unseen: items.iter().filter(|line| line.unseen()).count(),
            unconfirmed: items.iter().filter(waits).count() + usize::from(order.allergy_waits()),
            items: items.iter().map(ItemData::of).collect(),
            version,
        }
    }
}
