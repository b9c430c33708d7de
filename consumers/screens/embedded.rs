//! The files of the screens: in the binary, or on disk in a debug build.

use super::kind::Kind;
use super::lean::without_comments;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::RustEmbed;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};

#[derive(RustEmbed)]
#[folder = "screens/"]
#[exclude = "*.rs"]
#[exclude = "*.ts"]
struct Embedded;

/// The file that was looked for, as it is now.
pub struct File {
    /// What it is.
    pub kind: Kind,
    /// 16 hexadecimal digits that change with its content.
    pub hash: String,
    /// Its content; a script's without comments.
    pub plain: Bytes,
}

/// What became of a file that was compressed: of which content, and the result, if that is smaller.
type Compressed = (String, Option<Bytes>);

/// Made when somebody asks first. At most one for each file of the list, so as many as there are files.
static GZIPPED: Mutex<Option<HashMap<String, Compressed>>> = Mutex::new(None);

/// Less is not worth the header that says it is compressed. In bytes.
const GZIP_FROM: usize = 512;

impl File {
    /// The file with exactly this name in the list. A name that only leads to a file (`a/../b`) is in no list.
    pub fn find(name: &str) -> Option<File> {
        let kind = Kind::of(name)?;
        // The list decides, and not the disk, which a debug build asks next.
        if !Embedded::iter().any(|known| known == name) {
            return None;
        }
        let found = Embedded::get(name)?;
        let lean = match name.ends_with(".js").then(|| str::from_utf8(&found.data)) {
            Some(Ok(script)) => Some(without_comments(script).into_owned().into_bytes()),
            _ => None,
        };
        Some(File {
            kind,
            hash: hex(&found.metadata.sha256_hash()[..8]),
            plain: match (lean, found.data) {
                (Some(bytes), _) | (None, Cow::Owned(bytes)) => bytes.into(),
                (None, Cow::Borrowed(bytes)) => Bytes::from_static(bytes),
            },
        })
    }

    /// The content as gzip has it. `None`: that would be no smaller.
    pub fn gzipped(&self, name: &str) -> Option<Bytes> {
        if !self.kind.compresses || self.plain.len() < GZIP_FROM {
            return None;
        }
        let mut made = GZIPPED.lock().unwrap_or_else(PoisonError::into_inner);
        let made = made.get_or_insert_default();
        if let Some((hash, bytes)) = made.get(name)
            && *hash == self.hash
        {
            return bytes.clone();
        }
        let bytes = gzip(&self.plain).filter(|bytes| bytes.len() < self.plain.len());
        made.insert(name.to_owned(), (self.hash.clone(), bytes.clone()));
        bytes
    }
}

/// 16 hexadecimal digits that change whenever a file does, or comes, or goes.
pub fn build() -> String {
    let mut names: Vec<_> = Embedded::iter()
        .filter(|name| Kind::of(name).is_some())
        .collect();
    names.sort_unstable();
    // FNV-1a over what are good hashes already
    let mut build = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |byte: u8| build = (build ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    for name in names {
        let Some(file) = Embedded::get(&name) else {
            continue; // removed since the list was made
        };
        name.bytes().chain([0]).for_each(&mut add);
        file.metadata.sha256_hash().into_iter().for_each(&mut add);
    }
    format!("{build:016x}")
}

fn gzip(plain: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).ok()?; // a Vec takes everything
    encoder.finish().ok().map(Bytes::from)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_as_it_is_listed_and_in_no_other_way() {
        let name = Embedded::iter().find(|name| name.ends_with("home/index.html"));
        assert!(name.is_some(), "the start page");
        assert!(File::find("home/index.html").is_some());
        for name in [
            "",
            "home",
            "home/",
            "/home/index.html",
            "home//index.html",
            "./home/index.html",
            "kitchen/../home/index.html",
            "../lib.rs",
            "../../routing.toml",
            "home/index.html/",
            "home/index.html\0",
            "mod.rs",
        ] {
            assert!(File::find(name).is_none(), "{name}");
        }
    }

    #[test]
    fn what_is_compressed_is_kept_for_its_content_only() {
        let file = |text: &str, hash: &str| File {
            kind: Kind::of("x.css").unwrap(),
            hash: hash.to_owned(),
            plain: Bytes::from(text.repeat(400)),
        };
        let first = file("a{}", "1").gzipped("test only.css").unwrap();
        assert_eq!(
            file("a{}", "1").gzipped("test only.css"),
            Some(first.clone())
        );
        assert_ne!(file("b{}", "2").gzipped("test only.css"), Some(first));
        let short = Bytes::from_static(b"a{}");
        let short = File {
            plain: short,
            ..file("", "3")
        };
        assert_eq!(short.gzipped("short.css"), None);
    }

    #[test]
    fn a_build_has_a_name_that_stays() {
        assert_eq!(build(), build());
        assert_eq!(build().len(), 16);
    }
}
