//! The tokens that this service gives: to staff who signed in, to devices of the house, to the guests of a visit.

use crate::domain::Role;
use crate::domain::devices::DeviceFacts;
use crate::rest::seconds_now;
use crate::restaurant::Restaurant;
use crate::vocabularies::dining::messages::Time;
use maitred::{Api, ClientError, Error, Kind};
use serde::Serialize;

/// A shift, and the hour before and after it.
pub const SHIFT_S: u64 = 12 * 3600;
/// A device asks for another one long before.
pub const DEVICE_S: u64 = 30 * 24 * 3600;
/// Longer than any visit. Scanning again gives another one.
pub const VISIT_S: u64 = 18 * 3600;

/// What a token says. What is not there is not said.
#[derive(Debug, Default, Serialize)]
pub struct Claims {
    sub: String,
    role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    restaurant_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_version: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_print: Option<String>,
    iat: u64,
    exp: u64,
}

impl Claims {
    /// Somebody who works in a restaurant (`None`: in all).
    pub fn staff(id: i64, role: Role, restaurant_id: Option<i64>, token_version: i64) -> Self {
        Claims {
            sub: id.to_string(),
            role: Some(role),
            restaurant_id,
            user_id: Some(id),
            token_version: Some(token_version),
            ..Claims::default()
        }
    }

    /// A device that nobody has signed in on.
    pub fn device(device: &DeviceFacts) -> Self {
        Claims {
            sub: format!("device:{}", device.id),
            role: Some(Role::Display),
            restaurant_id: Some(device.restaurant_id),
            ..Claims::default()
        }
        .on(device)
    }

    /// The guests of a visit. Each phone is somebody: what it repeats is not what another one says.
    pub fn guest(phone: String, session_uuid: String, restaurant: i64, token_version: i64) -> Self {
        Claims {
            sub: phone,
            role: Some(Role::Customer),
            restaurant_id: Some(restaurant),
            session_id: Some(session_uuid),
            token_version: Some(token_version),
            ..Claims::default()
        }
    }

    /// It ends with this device.
    pub fn on(self, device: &DeviceFacts) -> Self {
        Claims {
            device_id: Some(device.id),
            device_print: device.print.clone(),
            ..self
        }
    }

    /// The token, and when it ends.
    pub fn mint(mut self, api: &Api<Restaurant>, lasts_s: u64) -> Result<(String, Time), Error> {
        self.iat = seconds_now();
        self.exp = self.iat + lasts_s;
        let token = api.mint(&self).map_err(|_| {
            let text = "tokens are made elsewhere: this server only knows how to check them";
            ClientError::new(Kind::Forbidden, "TOKENS_ELSEWHERE", text)
        })?;
        let ends = i64::try_from(self.exp).unwrap_or(i64::MAX / 1000);
        Ok((token, Time(Some(ends.saturating_mul(1000)))))
    }
}
