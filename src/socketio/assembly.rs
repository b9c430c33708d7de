//! A Socket.IO packet whose attachments come one after the other, each in a message of its own.

use bytes::Bytes;

/// A packet of which some attachments have not come yet.
pub(super) struct Assembly {
    text: String,
    attachments: Vec<Bytes>,
    missing: usize,
    bytes: usize,
}

/// The packet is larger than may be, with its attachments.
pub(super) struct TooLarge;

impl Assembly {
    /// `missing`: how many attachments are to come, at least one.
    pub fn new(text: String, missing: usize) -> Self {
        Assembly {
            missing,
            attachments: Vec::new(),
            bytes: text.len(),
            text,
        }
    }

    /// Adds an attachment, and says whether it was the last one. `most`: what the packet may have in all, in bytes.
    ///
    /// # Errors
    /// The packet has more bytes.
    pub fn add(&mut self, attachment: Bytes, most: usize) -> Result<bool, TooLarge> {
        self.bytes += attachment.len();
        if self.bytes > most {
            return Err(TooLarge);
        }
        self.attachments.push(attachment);
        self.missing -= 1;
        Ok(self.missing == 0)
    }

    /// The packet's text and its attachments.
    pub fn into_parts(self) -> (String, Vec<Bytes>) {
        (self.text, self.attachments)
    }
}
