//! Tokens: true ones minted by the product, and false ones of every kind.

use super::Place;
use super::server::SECRET;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

/// `maitred token` for the demo's first user of `role` at restaurant 2.
pub fn mint(place: &Place, role: &str) -> String {
    let id = user(place, role).to_string();
    let args = [
        "--role",
        role,
        "--id",
        &id,
        "--restaurant",
        "2",
        "--ttl",
        "12h",
    ];
    mint_with(place, &args)
}

/// The demo's first user of that role at restaurant 2; for waiters the documents' own.
fn user(place: &Place, role: &str) -> i64 {
    if role == "waiter" {
        return 10;
    }
    let sql = "SELECT id FROM users WHERE role = ?1 AND coalesce(restaurant_id, 2) = 2 ORDER BY id";
    let found = place.foreign().query_row(sql, [role], |row| row.get(0));
    found.unwrap_or_else(|e| panic!("the demo has no {role}: {e}"))
}

/// `maitred token ARGS`.
pub fn mint_with(place: &Place, args: &[&str]) -> String {
    let output = place
        .maitred(&["token"])
        .args(args)
        .output()
        .expect("maitred runs");
    assert!(
        output.status.success(),
        "maitred token {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let token = String::from_utf8(output.stdout).expect("text");
    let token = token.trim();
    assert_eq!(token.split('.').count(), 3, "nothing but a token: {token}");
    token.to_owned()
}

/// Claims of the demo's manager, ending `ends` seconds from now.
pub fn claims(place: &Place, ends: i64) -> Value {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or(Duration::ZERO)
        .as_secs()
        .cast_signed();
    let sub = user(place, "manager").to_string();
    json!({"sub": sub, "role": "manager", "restaurant_id": 2, "iat": now - 3600, "exp": now + ends})
}

/// Signed with the server's key, whatever the claims are.
pub fn signed(claims: &Value) -> String {
    encode(claims, Algorithm::HS256, SECRET)
}

/// Signed with somebody else's key.
pub fn forged(claims: &Value) -> String {
    encode(
        claims,
        Algorithm::HS256,
        "somebody else's key, 32 bytes or more",
    )
}

/// Signed with the right key and an algorithm that the server did not choose.
pub fn other_algorithm(claims: &Value) -> String {
    encode(claims, Algorithm::HS512, SECRET)
}

/// Not signed at all: `alg: none`.
pub fn unsigned(claims: &Value) -> String {
    let body = signed(claims);
    let body = body.split('.').nth(1).expect("three parts");
    // {"alg":"none","typ":"JWT"}
    format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{body}.")
}

fn encode(claims: &Value, algorithm: Algorithm, key: &str) -> String {
    jsonwebtoken::encode(
        &Header::new(algorithm),
        claims,
        &EncodingKey::from_secret(key.as_bytes()),
    )
    .expect("a token")
}
