//! The certificate of a listener: `tls = { certificate = "chain.pem", key = "key.pem" }`.

use super::location::Location;
use super::mistakes::Mistakes;
use super::parts::{Given, Located, TlsParts};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig, crypto};

/// HTTP/1.1 alone: a client that agrees on h2 may open WebSockets over it (RFC 8441), which are not spoken here.
const ALPN: &[u8] = b"http/1.1";

/// Reads both files, so that what is used later is what was checked. `at` is where TLS was asked for. Mistakes are noted.
pub(super) fn load(
    parts: TlsParts,
    at: Location,
    mistakes: &mut Mistakes<'_>,
) -> Option<Arc<ServerConfig>> {
    let mut needed = |key: &str, file: Given<PathBuf>| {
        if file.is_absent() {
            mistakes.add(at, format!("tls needs a {key:?}: the path of a PEM file"));
        }
        file.ok()
    };
    let certificate = needed("certificate", parts.certificate);
    let key = needed("key", parts.key);
    let chain = certificate.and_then(|file| {
        let found = certificates(&file.value);
        noted(found, &file, mistakes)
    });
    let key = key.and_then(|file| {
        let found = PrivateKeyDer::from_pem_file(&file.value);
        noted(found, &file, mistakes).map(|key| (file.at, key))
    });
    let (chain, (key_at, key)) = (chain?, key?);
    match config(chain, key) {
        Ok(config) => Some(Arc::new(config)),
        Err(e) => {
            let message = match e {
                rustls::Error::InconsistentKeys(_) => "this key is not the certificate's".into(),
                other => format!("the certificate and its key cannot be used: {other}"),
            };
            mistakes.add(key_at, message);
            None
        }
    }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, pem::Error> {
    let chain: Vec<_> = CertificateDer::pem_file_iter(path)?.collect::<Result<_, _>>()?;
    match chain.is_empty() {
        true => Err(pem::Error::NoItemsFound),
        false => Ok(chain),
    }
}

fn noted<T>(
    found: Result<T, pem::Error>,
    file: &Located<PathBuf>,
    mistakes: &mut Mistakes<'_>,
) -> Option<T> {
    found
        .map_err(|e| {
            let why = match e {
                pem::Error::Io(e) => e.to_string(),
                pem::Error::NoItemsFound => "nothing of the kind is in this PEM file".into(),
                other => other.to_string(),
            };
            mistakes.add(file.at, format!("{}: {why}", file.value.display()));
        })
        .ok()
}

fn config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<ServerConfig, rustls::Error> {
    // named, not the process's default: a program that uses another provider elsewhere changes nothing here
    let provider = Arc::new(crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![ALPN.to_vec()];
    Ok(config)
}
