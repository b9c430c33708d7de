//! How much replay is sent between two looks at the network.

use tokio::sync::{Semaphore, SemaphorePermit};

/// Replay that is sent between two looks at the network, in KiB: one large page, which takes the system a tenth of a millisecond.
const PAGING_KIB: usize = 256;

/// What may be sent of replay before the network is looked at again.
pub(super) struct Paging(Semaphore);

impl Default for Paging {
    fn default() -> Self {
        Paging(Semaphore::new(PAGING_KIB))
    }
}

impl Paging {
    /// Waits for a permit to send so many bytes, in the order of asking. Cancel safe. It is held until they are sent.
    pub async fn permit(&self, bytes: usize) -> Option<SemaphorePermit<'_>> {
        let kib = (bytes >> 10).clamp(1, PAGING_KIB);
        self.0.acquire_many(kib as u32).await.ok()
    }
}
