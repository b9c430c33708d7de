//! Certificates of this run only, and clients that trust no others.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub type Certificate = CertificateDer<'static>;

/// Whom it is made for.
const NAME: &str = "localhost";

/// Makes a certificate (P-256) and its key, as files in a folder.
pub fn make(folder: &Path) -> Result<(Certificate, PathBuf, PathBuf), String> {
    let made = rcgen::generate_simple_self_signed([NAME.to_owned()]).map_err(|e| e.to_string())?;
    let (chain, key) = (folder.join("chain.pem"), folder.join("key.pem"));
    let written = std::fs::write(&chain, made.cert.pem())
        .and_then(|()| std::fs::write(&key, made.signing_key.serialize_pem()));
    written.map_err(|e| e.to_string())?;
    Ok((made.cert.der().clone(), chain, key))
}

/// A certificate of a server that is there.
pub fn read(file: String) -> Result<Certificate, String> {
    CertificateDer::from_pem_file(&file).map_err(|e| format!("{file}: {e}"))
}

/// What clients agree on. Nothing is resumed: each pays for a whole handshake.
pub fn clients(trusted: &Certificate) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).map_err(|e| e.to_string())?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.resumption = rustls::client::Resumption::disabled();
    Ok(Arc::new(config))
}

pub fn client(config: &Arc<ClientConfig>) -> Result<Box<ClientConnection>, String> {
    let name = ServerName::try_from(NAME).map_err(|e| e.to_string())?;
    let session = ClientConnection::new(config.clone(), name).map_err(|e| e.to_string())?;
    Ok(Box::new(session))
}
