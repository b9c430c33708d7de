//! `maitred token`

use super::failure::Failure;
use super::identifier::Identifier;
use super::keys::{self, KeyArgs};
use super::output::{note, say};
use clap::{Args, ValueEnum};
use serde::Serialize;
use std::time::{Duration, SystemTime};

const HELP: &str = "\
Examples:
  maitred token --role waiter --id 10 --restaurant 2
  maitred token --role customer --restaurant 2 --table 5 --session 1 --ttl 3h
  maitred token --role manager --restaurant 2 --restaurant 789
  maitred token --role admin --ttl 15m
  curl -H \"Authorization: Bearer $(maitred token --role manager --restaurant 2)\" http://localhost:9000/api/v1/orders/1";

/// Makes a token and prints it, and nothing else, on stdout. Needs the secret that the server has.
#[derive(Debug, Args)]
#[command(after_help = HELP, after_long_help = format!("{HELP}\n\n{}", keys::HELP))]
pub struct Token {
    /// What the bearer is
    #[arg(long, value_enum)]
    role: Role,
    /// Who the bearer is: the waiter's, the driver's or the user's number
    #[arg(long, value_name = "ID")]
    id: Option<Identifier>,
    /// The restaurant the bearer belongs to; may be given several times
    #[arg(long, value_name = "ID")]
    restaurant: Vec<Identifier>,
    /// The table a guest sits at
    #[arg(long, value_name = "ID")]
    table: Option<Identifier>,
    /// The table session a guest takes part in
    #[arg(long, value_name = "ID")]
    session: Option<Identifier>,
    /// How long the token is valid: 15m, 12h, 7d
    #[arg(long, value_name = "TIME", default_value = "12h", value_parser = humantime::parse_duration)]
    ttl: Duration,
    /// Whom the token is issued to [default: the id, or else the role]
    #[arg(long, value_name = "NAME")]
    sub: Option<String>,
    #[command(flatten)]
    keys: KeyArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A guest at a table, or one who orders from elsewhere
    #[value(alias = "guest")]
    Customer,
    Waiter,
    Kitchen,
    Driver,
    Manager,
    /// Runs the system; without a restaurant: all of them
    Admin,
    /// A screen on a wall
    Display,
}

/// What a token says. The server reads the same names.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Claims {
    pub sub: String,
    pub role: Role,
    pub iat: u64,
    pub exp: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restaurant_id: Option<Identifier>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub restaurants: Vec<Identifier>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiter_id: Option<Identifier>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver_id: Option<Identifier>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Identifier>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table_id: Option<Identifier>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_id: Option<Identifier>,
}

impl Claims {
    /// Somebody with this role, named by `id` if they have an account, until `ttl` from now; `None` if that is beyond all calendars.
    pub fn new(role: Role, id: Option<Identifier>, ttl: Duration) -> Option<Self> {
        let now = SystemTime::UNIX_EPOCH.elapsed().ok()?.as_secs();
        let sub = match &id {
            Some(id) => id.to_string(),
            None => role.to_possible_value()?.get_name().to_owned(),
        };
        let mut claims = Claims {
            sub,
            role,
            iat: now,
            exp: now
                .checked_add(ttl.as_secs())
                .filter(|exp| *exp < 1 << 53)?,
            restaurant_id: None,
            restaurants: Vec::new(),
            waiter_id: None,
            driver_id: None,
            user_id: None,
            table_id: None,
            session_id: None,
        };
        match role {
            Role::Waiter => claims.waiter_id = id,
            Role::Driver => claims.driver_id = id,
            _ => claims.user_id = id,
        }
        Some(claims)
    }

    /// Bound to these restaurants.
    pub fn at(mut self, restaurants: &[Identifier]) -> Self {
        match restaurants {
            [one] => self.restaurant_id = Some(one.clone()),
            several => self.restaurants = several.to_vec(),
        }
        self
    }
}

impl Token {
    pub fn run(self) -> Result<(), Failure> {
        let keys = self.keys.require("")?;
        if self.restaurant.is_empty() && !matches!(self.role, Role::Admin | Role::Customer) {
            note("without --restaurant this token opens only what the bearer's account does");
        }
        say(&keys.mint(&self.claims()?)?)
    }

    fn claims(self) -> Result<Claims, Failure> {
        if self.ttl < Duration::from_secs(1) {
            return Err(Failure::Usage("--ttl: a second at least".to_owned()));
        }
        let claims = Claims::new(self.role, self.id, self.ttl)
            .ok_or_else(|| Failure::Usage("--ttl: that is too long".to_owned()))?;
        let sub = self.sub.unwrap_or_else(|| claims.sub.clone());
        if sub.is_empty() {
            return Err(Failure::Usage("--sub: it cannot be empty".to_owned()));
        }
        Ok(Claims {
            sub,
            table_id: self.table,
            session_id: self.session,
            ..claims.at(&self.restaurant)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use serde_json::{Value, json};

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        token: Token,
    }

    fn claims(line: &str) -> Value {
        let only = Only::try_parse_from(format!("token {line}").split(' ')).expect(line);
        let mut claims = serde_json::to_value(only.token.claims().expect(line)).unwrap();
        let ends = claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap();
        claims["exp"] = json!(ends);
        claims.as_object_mut().unwrap().remove("iat");
        claims
    }

    #[test]
    fn each_role_has_its_claims() {
        for (line, expected) in [
            (
                "--role waiter --id 10 --restaurant 2 --ttl 12h",
                json!({"sub": "10", "role": "waiter", "exp": 43200, "restaurant_id": 2, "waiter_id": 10}),
            ),
            (
                "--role driver --id 901 --ttl 1h30m",
                json!({"sub": "901", "role": "driver", "exp": 5400, "driver_id": 901}),
            ),
            (
                "--role manager --restaurant 2 --restaurant 789",
                json!({"sub": "manager", "role": "manager", "exp": 43200, "restaurants": [2, 789]}),
            ),
            (
                "--role guest --table 5 --session 1 --sub mia",
                json!({"sub": "mia", "role": "customer", "exp": 43200, "table_id": 5, "session_id": 1}),
            ),
            (
                "--role admin --id 11111111-1111-1111-1111-111111111111",
                json!({"sub": "11111111-1111-1111-1111-111111111111", "role": "admin", "exp": 43200, "user_id": "11111111-1111-1111-1111-111111111111"}),
            ),
        ] {
            assert_eq!(claims(line), expected, "{line}");
        }
    }

    #[test]
    fn times_that_make_no_sense_are_refused() {
        for line in [
            "--role admin --ttl soon",
            "--role emperor",
            "--role admin --ttl -1h",
        ] {
            assert!(Only::try_parse_from(format!("token {line}").split(' ')).is_err());
        }
        for line in ["--ttl 0s", "--ttl 10ms", "--ttl 300000000years", "--sub="] {
            let line = format!("token --role admin {line}");
            let only = Only::try_parse_from(line.split(' ')).expect(&line);
            assert!(only.token.claims().is_err(), "{line}");
        }
    }
}
