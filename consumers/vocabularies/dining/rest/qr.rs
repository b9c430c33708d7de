//! `/api/v1/qr` and the codes of tables: what a phone gets for one, and how one is drawn.

use super::drawing::{self, Label};
use super::house::Name;
use super::token::{Claims, VISIT_S};
use crate::access::{Action, Target};
use crate::domain::qr::{self as domain, QrPatch};
use crate::domain::restaurants::RestaurantFacts;
use crate::domain::{Key, Refusal, ids, pairing, restaurants, tables};
use crate::rest::{Answer, Attempts, Call, File, Served, ServerCall, address};
use crate::vocabularies::dining::messages::{SessionData, TableData, Time};
use maitred::{Error, Reader, Transaction};
use serde::Serialize;
use std::sync::LazyLock;
use utoipa::ToSchema;

/// Codes from one address: a full house on one wireless network, each phone again after each look at something else.
static SCANS_OF_ADDRESS: LazyLock<Attempts> = LazyLock::new(|| Attempts::new(300, 300));
/// Tables on one sheet: three by four.
const TABLES_PER_PAGE: usize = 12;

/// What a phone gets for a code.
#[derive(Serialize, ToSchema)]
struct Scanned<'a> {
    /// It ends with the visit.
    session_token: &'a str,
    expires_at: Time,
    session: SessionData<'a>,
    table: At<'a>,
    restaurant: Name<'a>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = TableOfCode)]
struct At<'a> {
    id: i64,
    number: &'a str,
}

/// `POST /qr/{secret}`
#[utoipa::path(post, path = "/qr/{secret}", tag = "guests", security(()), params(("secret" = String, Path, description = "What stands at the end of the code's address", example = "00000000000000000000000000000000")), responses((status = 200, description = "A token for the visit that is going on at that table", body = Scanned), (status = 403, description = "`QR_BLOCKED`: order with a waiter", body = crate::rest::Refused), (status = 410, description = "`QR_INVALID`; `TABLE_FREE`: nobody has opened that table", body = crate::rest::Refused), (status = 429, description = "Too many", body = crate::rest::Refused)))]
pub fn scan(call: ServerCall) -> Served {
    Box::pin(async move {
        SCANS_OF_ADDRESS.one_more(address(call.caller.peer))?;
        let secret = call.keys.first().map(Key::to_string).unwrap_or_default();
        let opened = call.api.read(move |db| domain::open(db, &secret)).await?;
        let phone = format!("guest:{}", pairing::secret()?.get(..16).unwrap_or_default());
        let (session, house) = (&opened.session, &opened.restaurant);
        let claims = Claims::guest(phone, session.uuid.clone(), house.id, opened.token_version);
        let (token, expires_at) = claims.mint(&call.api, VISIT_S)?;
        Answer::ok(&Scanned {
            session_token: &token,
            expires_at,
            session: SessionData::of(session),
            table: At {
                id: session.table_id,
                number: &session.table_number,
            },
            restaurant: Name::of(house),
        })
    })
}

/// A table, and where its code leads.
#[derive(Serialize, ToSchema)]
#[schema(as = TableCode)]
struct Code<'a> {
    #[serde(flatten)]
    table: TableData<'a>,
    /// The end of it lets guests in: it is for printing.
    url: String,
}

/// Where a code leads: where the house says that phones reach it, else where whoever asks does.
fn url(house: &RestaurantFacts, call: &Call, secret: &str) -> String {
    let base = house.settings.public_url.as_deref();
    format!("{}/t/{secret}", base.unwrap_or_else(|| call.base()))
}

/// `GET /tables/{id}/qr`
#[utoipa::path(get, path = "/tables/{id}/qr", tag = "tables", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "5")), responses((status = 200, description = "Where its code leads", body = Code)))]
pub fn show(call: &Call, db: &Reader<'_>) -> Result<File, Error> {
    let (id, _) = call.target(0, ids::table, Target::Table, Action::BlockQr, db)?;
    let table = tables::get(db, id)?;
    let house = restaurants::get(db, table.restaurant_id)?;
    let code = Code {
        table: TableData::of(&table, db.head()?),
        url: url(&house, call, &domain::secret(db, id)?),
    };
    Ok(File {
        content_type: "application/json",
        name: None,
        body: serde_json::to_string(&code)?,
    })
}

/// `PATCH /tables/{id}/qr`
#[utoipa::path(patch, path = "/tables/{id}/qr", tag = "tables", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "8")), request_body(content = QrPatch, example = json!({"blocked": true})), responses((status = 200, description = "As it is now", body = TableData)))]
pub fn change(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let patch: QrPatch = call.body()?;
    let action = match patch.rotate {
        true => Action::ManageQr,
        false => Action::BlockQr,
    };
    let (id, bearer) = call.target(0, ids::table, Target::Table, action, tx)?;
    let table = domain::patch(tx, &bearer.actor(), id, &patch)?;
    Answer::ok(&TableData::of(&table, tx.head()?))
}

/// `GET /tables/{id}/qr.svg`
#[utoipa::path(get, path = "/tables/{id}/qr.svg", tag = "tables", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "5")), responses((status = 200, description = "Its code, to be printed", content_type = "image/svg+xml", body = String)))]
pub fn draw(call: &Call, db: &Reader<'_>) -> Result<File, Error> {
    let (id, _) = call.target(0, ids::table, Target::Table, Action::BlockQr, db)?;
    let table = tables::get(db, id)?;
    let house = restaurants::get(db, table.restaurant_id)?;
    let label = Label {
        house: house.name.clone(),
        table: table.number,
        url: url(&house, call, &domain::secret(db, id)?),
    };
    drawn(drawing::one(&label)?)
}

/// `GET /restaurants/{id}/qr.svg`
#[utoipa::path(get, path = "/restaurants/{id}/qr.svg", tag = "tables", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "2"), ("page" = Option<usize>, Query, description = "Twelve tables each; 1, where it is not said"), ("zone_id" = Option<i64>, Query, description = "Only those of this zone")), responses((status = 200, description = "A sheet of A4 with the codes of all tables that are in use", content_type = "image/svg+xml", body = String)))]
pub fn sheet(call: &Call, db: &Reader<'_>) -> Result<File, Error> {
    let (id, _) = call.target(0, ids::restaurant, Target::Restaurant, Action::ManageQr, db)?;
    let number = |name: &'static str| {
        let text = call.query(name);
        text.map(|text| text.parse().map_err(|_| Refusal::value(name, "a number")))
            .transpose()
    };
    let page: Option<i64> = number("page")?;
    let zone: Option<i64> = number("zone_id")?;
    let page = usize::try_from(page.unwrap_or(1)).unwrap_or(0);
    let house = restaurants::get(db, id)?;
    let all = tables::list(db, id)?.into_iter();
    let all = all.filter(|table| table.is_active && (zone.is_none() || table.zone_id == zone));
    let skipped = page.checked_sub(1);
    let skipped = skipped.and_then(|before| before.checked_mul(TABLES_PER_PAGE));
    let Some(skipped) = skipped else {
        return Err(Refusal::NotFound { entity: "page" }.into());
    };
    let mut labels = Vec::with_capacity(TABLES_PER_PAGE);
    for table in all.skip(skipped).take(TABLES_PER_PAGE) {
        labels.push(Label {
            house: house.name.clone(),
            url: url(&house, call, &domain::secret(db, table.id)?),
            table: table.number,
        });
    }
    if labels.is_empty() {
        return Err(Refusal::NotFound { entity: "page" }.into());
    }
    drawn(drawing::sheet(&labels)?)
}

fn drawn(body: String) -> Result<File, Error> {
    Ok(File {
        content_type: "image/svg+xml; charset=utf-8",
        name: None,
        body,
    })
}
