//! What a key file holds.

use super::keys::{Keys, Verifying};
use crate::error::Error;
use jsonwebtoken::errors::Error as JwtError;
use jsonwebtoken::{Algorithm, DecodingKey};

/// An RSA key of 2048 bits takes 270 bytes in DER, one of 1024 takes 140.
const RSA_MIN_DER_BYTES: usize = 256;

const NO_PUBLIC_KEY: &str = "this is neither a secret nor a public key in PEM format for RS256 (RSA), ES256 (P-256) or EdDSA (Ed25519)";

/// A public key in PEM format, else a secret.
pub(super) fn parse(content: &[u8]) -> Result<Keys, Error> {
    let Ok(text) = std::str::from_utf8(content) else {
        return Keys::hs256(content);
    };
    if !text.contains("-----BEGIN ") {
        return Keys::hs256(text.trim().as_bytes());
    }
    if text.contains("PRIVATE KEY-----") {
        return config(
            "this is a private key, and verifying needs the public one; write it with: openssl pkey -in private.pem -pubout -out public.pem",
        );
    }
    if text.contains("CERTIFICATE-----") {
        return config(
            "this is a certificate; write its public key with: openssl x509 -in certificate.pem -noout -pubkey -out public.pem",
        );
    }
    public_key(text.trim().as_bytes())
}

fn public_key(pem: &[u8]) -> Result<Keys, Error> {
    type Read = fn(&[u8]) -> Result<DecodingKey, JwtError>;
    let kinds: [(Algorithm, Read); 3] = [
        (Algorithm::RS256, DecodingKey::from_rsa_pem),
        (Algorithm::ES256, DecodingKey::from_ec_pem),
        (Algorithm::EdDSA, DecodingKey::from_ed_pem),
    ];
    let Some((algorithm, key)) = kinds
        .into_iter()
        .find_map(|(algorithm, read)| Some((algorithm, read(pem).ok()?)))
    else {
        return config(NO_PUBLIC_KEY);
    };
    let der_bytes = key.try_get_as_bytes().map_or(0, <[u8]>::len);
    match algorithm {
        Algorithm::RS256 if der_bytes < RSA_MIN_DER_BYTES => {
            return config("an RSA key of less than 2048 bits is not safe");
        }
        // The library would panic at the first token.
        Algorithm::EdDSA if der_bytes != 32 => return config(NO_PUBLIC_KEY),
        _ => {}
    }
    if !is_usable(&key, algorithm) {
        return config(NO_PUBLIC_KEY);
    }
    Ok(Keys::new(algorithm, Verifying::Public(key), None))
}

/// Whether a token can be verified at all: the library looks at the point of an elliptic curve only then, and a key of another curve should be told at the
/// start, not to every client.
fn is_usable(key: &DecodingKey, algorithm: Algorithm) -> bool {
    // no signature: refused, if it comes so far
    jsonwebtoken::crypto::verify("", b"", key, algorithm).is_ok()
}

fn config(text: &str) -> Result<Keys, Error> {
    Err(Error::Config(text.to_owned()))
}
