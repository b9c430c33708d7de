//! A line of an order.

use super::data::Time;
use crate::domain::items::{ItemFacts, ItemStatus, ModifierKind};
use crate::domain::money;
use schemars::JsonSchema;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema, JsonSchema)]
#[schema(as = Line)]
pub(in crate::vocabularies::dining) struct ItemData<'a> {
    id: i64,
    menu_item_id: Option<i64>,
    name: &'a str,
    #[serde(rename = "menu_item__name")]
    menu_item_name: &'a str,
    quantity: i64,
    price: String,
    status: ItemStatus,
    seat: Option<i64>,
    course: Option<i64>,
    modifiers: Vec<ModifierData<'a>>,
    note: Option<&'a str>,
    allergy: Option<&'a str>,
    /// Who makes it.
    station: Option<&'a str>,
    /// 2 and up: added later.
    batch: i64,
    fired_at: Time,
    ready_at: Time,
    served_at: Time,
    /// When a screen of its station had drawn it.
    seen_at: Time,
    void_reason: Option<&'a str>,
    voided_at: Time,
    /// When a cook confirmed that it is off.
    void_acked_at: Time,
    /// When a cook confirmed its allergy.
    allergy_acked_at: Time,
    recalled_at: Time,
    version: i64,
}

#[derive(Serialize, ToSchema, JsonSchema)]
#[schema(as = Modifier)]
pub(in crate::vocabularies::dining) struct ModifierData<'a> {
    name: &'a str,
    price: String,
    quantity: i64,
    kind: ModifierKind,
}

impl<'a> ModifierData<'a> {
    /// All of a line.
    pub(in crate::vocabularies::dining) fn all(item: &'a ItemFacts) -> Vec<Self> {
        let all = item.modifiers.iter().map(|modifier| ModifierData {
            name: &modifier.name,
            price: money::format(modifier.price_minor, item.currency_exp),
            quantity: modifier.quantity,
            kind: modifier.kind(),
        });
        all.collect()
    }
}

impl<'a> ItemData<'a> {
    pub(in crate::vocabularies::dining) fn of(item: &'a ItemFacts) -> Self {
        ItemData {
            id: item.id,
            menu_item_id: item.menu_item_id,
            name: &item.name,
            menu_item_name: &item.name,
            quantity: item.quantity,
            price: money::format(item.unit_price_minor, item.currency_exp),
            status: item.status,
            seat: item.seat,
            course: item.course,
            modifiers: ModifierData::all(item),
            note: item.note.as_deref(),
            allergy: item.allergy.as_deref(),
            station: item.station.as_deref(),
            batch: item.batch,
            fired_at: Time(item.fired_at),
            ready_at: Time(item.ready_at),
            served_at: Time(item.served_at),
            seen_at: Time(item.seen_at),
            void_reason: item.void_reason.as_deref(),
            voided_at: Time(item.voided_at),
            void_acked_at: Time(item.void_acked_at),
            allergy_acked_at: Time(item.allergy_acked_at),
            recalled_at: Time(item.recalled_at),
            version: item.version,
        }
    }
}
