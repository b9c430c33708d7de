//! A token in its compact form (RFC 7515, section 7.1), taken apart in place: each part is decoded once, and a claim only if it is asked for.

use super::claims::Claims;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;
use smallvec::SmallVec;
use std::borrow::Cow;

/// What is decoded lies on the stack, unless it is longer.
const USUAL_BYTES: usize = 1024;
/// The size of a SHA-256.
const MAC_BYTES: usize = 32;

/// The three parts of a token, not decoded, not verified.
pub(super) struct Parts<'t> {
    header: &'t str,
    claims: &'t str,
    pub signature: &'t str,
    /// Header and claims, and the dot between them.
    pub signed: &'t [u8],
}

/// What a header says that we understand.
#[derive(Deserialize)]
pub(super) struct Header<'h> {
    #[serde(borrow)]
    pub alg: Cow<'h, str>,
    /// Extensions that must be understood (RFC 7515, section 4.1.11).
    pub crit: Option<IgnoredAny>,
}

impl<'t> Parts<'t> {
    /// `None`: these are not three parts.
    pub fn of(token: &'t str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        Some(Parts {
            header,
            claims,
            signature,
            signed: signed.as_bytes(),
        })
    }

    /// Hands the header to `judge`. `None`: it is none.
    pub fn header<T>(&self, judge: impl FnOnce(&Header<'_>) -> T) -> Option<T> {
        decoded(self.header, |text| {
            Some(judge(&serde_json::from_str(text).ok()?))
        })
    }

    /// Hands the claims to `judge`. `None`: they are none. To be asked when the signature was verified.
    pub fn claims<T>(&self, judge: impl FnOnce(Claims<'_>) -> T) -> Option<T> {
        decoded(self.claims, |text| Some(judge(Claims::of(text)?)))
    }

    /// The signature, where it is a SHA-256's.
    pub fn mac(&self) -> Option<[u8; MAC_BYTES]> {
        // the decoder asks for the room that the longest text of as many digits could take
        let mut mac = [0; MAC_BYTES + 3];
        let length = URL_SAFE_NO_PAD
            .decode_slice(self.signature, &mut mac)
            .ok()?;
        mac[..length].try_into().ok()
    }
}

fn decoded<T>(base64: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    let mut bytes = SmallVec::<[u8; USUAL_BYTES]>::from_elem(0, base64.len());
    let length = URL_SAFE_NO_PAD.decode_slice(base64, &mut bytes).ok()?;
    read(simdutf8::basic::from_utf8(&bytes[..length]).ok()?)
}
