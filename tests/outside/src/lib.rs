//! Bikes to borrow. A screen in each shed shows its bikes; a rider reserves one,
//! takes it and brings it back; who keeps it too long is overdue. Whoever changes a bike (a
//! rider, a REST call, the job, `sqlite3 bikes.db`), every screen and rider concerned hears of it.

mod bike;
pub mod overdue;
mod rest;
mod rider;
mod screen;

use bike::Bikes;
use maitred::*;

const SCHEMA: Schema = Schema::new(
    3,
    &["CREATE TABLE bike(
        id INTEGER PRIMARY KEY,
        shed TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'here' CHECK (state IN ('here', 'reserved', 'out', 'overdue')),
        since_ms INTEGER NOT NULL DEFAULT 0) STRICT"],
);

/// The server. A token is a rider's: `{"sub": "mia"}`, signed with `secret`.
pub fn server(database: &str, address: &str, secret: &[u8]) -> Result<Server<Bikes>, Error> {
    let everybody = PolicySettings::new().auth(Auth::None);
    let routes = Routes::new()
        .listen(address)
        .route(
            "/ws/sheds/<shed>/",
            consumer::<screen::Screen>().policy(everybody),
        )
        .route("/ws/bikes/<int:id>/", consumer::<rider::Rider>())
        .service("bikes", "/api/bikes", rest::bikes);
    Ok(Server::from_routes(routes)?
        .store(StoreConfig::new(database), SCHEMA)
        .keys(Keys::hs256(secret)?))
}
