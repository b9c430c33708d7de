//! Tokens: who is at the other end.
//!
//! The only place that knows the token library. What a token's bearer may hear and do is the application's business.

mod bearer;
mod claims;
mod key_file;
#[cfg(test)]
mod tests;

use crate::{ClientError, Error, Kind};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::fmt;
use std::path::Path;
use std::time::{Duration, SystemTime};

pub(crate) use bearer::{redacted, token_of};

/// The longest token that is looked at. Real ones have 200 to 2,000 bytes.
pub(crate) const TOKEN_MAX_BYTES: usize = 8 * 1024;

/// How far ahead of ours an issuer's clock may be when it stamps `nbf`. For `exp` there is no leeway: an open socket is closed at that moment too.
const NOT_BEFORE_LEEWAY: Duration = Duration::from_secs(5);

/// RFC 7518, 3.2: a key for HS256 has at least the size of the hash's output.
const SECRET_MIN_BYTES: usize = 32;

/// Who is at the other end of a connection or a request.
#[derive(Debug, Clone)]
pub struct Identity<C> {
    /// What the verified token says; `None` for an anonymous client.
    pub claims: Option<C>,
    /// The token's `sub`.
    pub subject: Option<String>,
    /// When the token ends.
    pub expires_at: Option<SystemTime>,
}

impl<C> Identity<C> {
    /// Somebody without a token.
    pub const fn anonymous() -> Self {
        Identity {
            claims: None,
            subject: None,
            expires_at: None,
        }
    }

    /// Whether there was no token.
    pub const fn is_anonymous(&self) -> bool {
        self.claims.is_none()
    }
}

/// The key that tokens are verified with. It decides the algorithm; what a token's header says never does.
///
/// ```
/// # #[derive(Debug, serde::Deserialize)] struct Claims { role: String, restaurant_id: i64 }
/// let keys = maitred::Keys::hs256(b"an example of a secret that nobody else knows")?;
/// let token = keys.mint(&serde_json::json!({
///     "sub": "10", "role": "waiter", "restaurantId": 2, "exp": 4102444800u32,
/// }))?;
/// let claims = keys.verify::<Claims>(&token)?.claims.expect("a verified token has claims");
/// assert_eq!((claims.role.as_str(), claims.restaurant_id), ("waiter", 2));
/// assert_eq!(keys.verify::<Claims>("forged").unwrap_err().code, "TOKEN_INVALID");
/// # Ok::<(), maitred::Error>(())
/// ```
#[derive(Clone)]
pub struct Keys {
    algorithm: Algorithm,
    verifying: DecodingKey,
    /// Only for HS256, where who can verify can also sign.
    signing: Option<EncodingKey>,
    validation: Validation,
}

impl Keys {
    /// A secret that we share with whoever signs. The bytes are the key as they are: a text of hexadecimal digits is not decoded.
    ///
    /// # Errors
    /// [`Error::Config`] when the secret is shorter than 32 bytes.
    pub fn hs256(secret: &[u8]) -> Result<Self, Error> {
        if secret.len() < SECRET_MIN_BYTES {
            return Err(Error::Config(format!(
                "the signing secret has {} bytes, at least {SECRET_MIN_BYTES} are needed; make one with: openssl rand -hex 32",
                secret.len()
            )));
        }
        let signing = EncodingKey::from_secret(secret);
        let verifying = DecodingKey::from_secret(secret);
        Ok(Keys::new(Algorithm::HS256, verifying, Some(signing)))
    }

    /// A file with the public key of whoever signs, in PEM format (RSA means RS256, P-256 means ES256, Ed25519 means EdDSA), or with a secret for
    /// [`hs256`](Self::hs256) (white space around a text is not part of it).
    ///
    /// # Errors
    /// [`Error::Config`] when the file cannot be read, is no such key, or is a private one, which the server has no use for.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        std::fs::read(path)
            .map_err(|e| e.to_string())
            .and_then(|content| key_file::parse(&content).map_err(|e| e.to_string()))
            .map_err(|e| Error::Config(format!("key file {}: {e}", path.display())))
    }

    /// Accepts tokens whose `aud` names this audience. Without it, a token that has an `aud` was made for somebody else and is refused; one that has
    /// none is always accepted.
    pub fn with_audience(mut self, audience: &str) -> Self {
        self.validation.set_audience(&[audience]);
        self
    }

    /// Whose token it is.
    ///
    /// A token has a `sub` and an `exp`; `nbf` is respected, with five seconds for a clock that is ahead of ours. Claims that are spelled in
    /// camelCase (`restaurantId`) reach `C` in snake_case (`restaurant_id`); where a token has both, the latter counts.
    ///
    /// # Errors
    /// Of kind [`Kind::Unauthenticated`]: `TOKEN_EXPIRED`; or `TOKEN_INVALID` for a token that is forged, malformed, signed with another algorithm,
    /// not valid yet, or says what `C` does not understand.
    pub fn verify<C: DeserializeOwned>(&self, token: &str) -> Result<Identity<C>, ClientError> {
        let claims = self.claims(token).inspect_err(|refused| {
            tracing::debug!(code = %refused.code, reason = %refused.text, "token refused");
        })?;
        let subject = match claims.get("sub") {
            Some(Value::String(sub)) if !sub.is_empty() => sub.clone(),
            _ => return Err(invalid("the token has no usable `sub`")),
        };
        let expires_at = claims.get("exp").and_then(time_of);
        let claims = serde_json::from_value(Value::Object(claims::snake_case(claims)))
            .map_err(|e| invalid(format!("the token's claims cannot be used: {e}")))?;
        Ok(Identity {
            claims: Some(claims),
            subject: Some(subject),
            expires_at,
        })
    }

    /// Signs `claims`, as they are: `sub` and `exp` are the caller's to set.
    ///
    /// # Errors
    /// [`Error::Config`] when this is a public key: then whoever has the private one mints.
    pub fn mint(&self, claims: &impl Serialize) -> Result<String, Error> {
        let Some(signing) = &self.signing else {
            return Err(Error::Config(format!(
                "a public key ({:?}) verifies tokens and cannot make them; mint them where the private key is, or use an HS256 secret",
                self.algorithm
            )));
        };
        jsonwebtoken::encode(&Header::new(self.algorithm), claims, signing)
            .map_err(|e| Error::Config(format!("the token cannot be signed: {e}")))
    }

    fn new(algorithm: Algorithm, verifying: DecodingKey, signing: Option<EncodingKey>) -> Self {
        let mut validation = Validation::new(algorithm);
        validation.set_required_spec_claims(&["exp", "sub"]);
        validation.leeway = 0;
        Keys {
            algorithm,
            verifying,
            signing,
            validation,
        }
    }

    /// The claims of a token that is ours and valid now. The signature is checked before anything it covers is believed.
    fn claims(&self, token: &str) -> Result<Map<String, Value>, ClientError> {
        if token.len() > TOKEN_MAX_BYTES {
            return Err(invalid("the token is too long"));
        }
        let token =
            jsonwebtoken::decode::<Map<String, Value>>(token, &self.verifying, &self.validation)
                .map_err(|e| self.refusal(e.kind()))?;
        // RFC 7515, 4.1.11: what we do not understand and must, we refuse; and we understand no extension.
        if token.header.crit.is_some() {
            return Err(invalid("the token demands extensions"));
        }
        if let Some(not_before) = token.claims.get("nbf") {
            let latest = SystemTime::now() + NOT_BEFORE_LEEWAY;
            if time_of(not_before).is_none_or(|at| at > latest) {
                return Err(invalid("the token is not valid yet"));
            }
        }
        Ok(token.claims)
    }

    fn refusal(&self, kind: &ErrorKind) -> ClientError {
        match kind {
            ErrorKind::ExpiredSignature => ClientError::new(
                Kind::Unauthenticated,
                "TOKEN_EXPIRED",
                "the token has expired: get a new one",
            ),
            ErrorKind::MissingRequiredClaim(claim) | ErrorKind::InvalidClaimFormat(claim) => {
                invalid(format!("the token has no usable `{claim}`"))
            }
            ErrorKind::InvalidAudience => invalid("the token was made for another audience"),
            ErrorKind::InvalidAlgorithm => {
                invalid(format!("the token is not signed with {:?}", self.algorithm))
            }
            _ => invalid("the token is malformed, or its signature is not ours"),
        }
    }
}

/// Never the secret.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

fn invalid(text: impl Into<std::borrow::Cow<'static, str>>) -> ClientError {
    ClientError::new(Kind::Unauthenticated, "TOKEN_INVALID", text)
}

/// A NumericDate: seconds since 1970, perhaps with a fraction. `None` for what is no such time.
fn time_of(date: &Value) -> Option<SystemTime> {
    let since_1970 = match date.as_u64() {
        Some(seconds) => Duration::from_secs(seconds),
        None => Duration::try_from_secs_f64(date.as_f64()?).ok()?,
    };
    SystemTime::UNIX_EPOCH.checked_add(since_1970)
}
