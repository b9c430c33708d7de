//! The key that tokens are verified with, and the order in which a token is judged.

#[cfg(test)]
mod tests;

use super::claims::Claims;
use super::identity::Identity;
use super::key_file;
use super::token::{self, Parts};
use crate::error::{ClientError, Error, Kind};
use crate::limits::clock::Clock;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use ring::hmac;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// The longest token that is looked at. Real ones have 200 to 2,000 bytes.
const TOKEN_MAX_BYTES: usize = 8 * 1024;

/// How far ahead of ours an issuer's clock may be when it stamps `nbf`. For `exp` there is no leeway: an open socket is closed at that moment too.
const NOT_BEFORE_LEEWAY: Duration = Duration::from_secs(5);

/// RFC 7518, 3.2: a key for HS256 has at least the size of the hash's output.
const SECRET_MIN_BYTES: usize = 32;

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
    verifying: Verifying,
    /// Only for HS256, where who can verify can also sign.
    signing: Option<EncodingKey>,
    audience: Option<String>,
    /// The clock that `exp` and `nbf` are compared with.
    clock: Clock,
}

/// What a signature is verified with.
#[derive(Clone)]
pub(super) enum Verifying {
    /// The key of HS256. Made once: it is half of what verifying a signature of this length costs.
    Secret(hmac::Key),
    Public(DecodingKey),
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
        let verifying = Verifying::Secret(hmac::Key::new(hmac::HMAC_SHA256, secret));
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
        self.audience = Some(audience.to_owned());
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
        self.judge(token).inspect_err(|refused| {
            tracing::debug!(code = %refused.code, reason = %refused.text, "token refused");
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

    pub(super) fn new(
        algorithm: Algorithm,
        verifying: Verifying,
        signing: Option<EncodingKey>,
    ) -> Self {
        Keys {
            algorithm,
            verifying,
            signing,
            audience: None,
            clock: Clock::system(),
        }
    }

    /// The same keys with another clock for `exp` and `nbf`.
    pub(crate) fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Checks the signature before anything it covers is believed.
    fn judge<C: DeserializeOwned>(&self, token: &str) -> Result<Identity<C>, ClientError> {
        if token.len() > TOKEN_MAX_BYTES {
            return Err(invalid("the token is too long"));
        }
        let malformed = || invalid("the token is malformed, or its signature is not ours");
        let parts = Parts::of(token).ok_or_else(malformed)?;
        parts
            .header(|header| self.understands(header))
            .ok_or_else(malformed)??;
        if !self.signed(&parts) {
            return Err(malformed());
        }
        parts
            .claims(|claims| self.identity(claims))
            .ok_or_else(malformed)?
    }

    fn understands(&self, header: &token::Header<'_>) -> Result<(), ClientError> {
        if header.alg != self.name() {
            let name = self.name();
            return Err(invalid(format!("the token is not signed with {name}")));
        }
        // what we do not understand and must, we refuse; and we understand no extension
        if header.crit.is_some() {
            return Err(invalid("the token demands extensions"));
        }
        Ok(())
    }

    /// The algorithm, as a header spells it.
    const fn name(&self) -> &'static str {
        match self.algorithm {
            Algorithm::HS256 => "HS256",
            Algorithm::RS256 => "RS256",
            Algorithm::ES256 => "ES256",
            Algorithm::EdDSA => "EdDSA",
            // there are no keys of another
            _ => "",
        }
    }

    fn signed(&self, parts: &Parts<'_>) -> bool {
        match &self.verifying {
            Verifying::Secret(key) => parts
                .mac()
                .is_some_and(|mac| hmac::verify(key, parts.signed, &mac).is_ok()),
            Verifying::Public(key) => {
                jsonwebtoken::crypto::verify(parts.signature, parts.signed, key, self.algorithm)
                    .unwrap_or(false)
            }
        }
    }

    /// Whose token it is that says this, if it is valid now, and made for us.
    fn identity<C: DeserializeOwned>(
        &self,
        claims: Claims<'_>,
    ) -> Result<Identity<C>, ClientError> {
        let unusable = |claim| move || invalid(format!("the token has no usable `{claim}`"));
        let now = self
            .clock
            .wall()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        let expires = claims.date("exp").ok_or_else(unusable("exp"))?;
        let subject = claims.text("sub").ok_or_else(unusable("sub"))?;
        if expires <= now {
            return Err(ClientError::new(
                Kind::Unauthenticated,
                "TOKEN_EXPIRED",
                "the token has expired: get a new one",
            ));
        }
        let ours = |audience: &String| claims.names("aud", audience);
        if claims.has("aud") && !self.audience.as_ref().is_some_and(ours) {
            return Err(invalid("the token was made for another audience"));
        }
        let begun = |at| at <= now + NOT_BEFORE_LEEWAY;
        if claims.has("nbf") && !claims.date("nbf").is_some_and(begun) {
            return Err(invalid("the token is not valid yet"));
        }
        let claims = claims
            .spelled()
            .map_err(|e| invalid(format!("the token's claims cannot be used: {e}")))?;
        Ok(Identity {
            claims: Some(claims),
            subject: Some(subject),
            expires_at: SystemTime::UNIX_EPOCH.checked_add(expires),
        })
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
