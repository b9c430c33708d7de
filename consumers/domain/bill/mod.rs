//! The bill of a visit: what its guests ordered together, what is paid of it, how it is split.

mod chosen;
mod facts;
mod parts;
mod paying;
mod shares;
mod unpaid;

pub use chosen::{Chosen, Wanted};
pub use facts::{Bill, BilledLine, BilledOrder, of};
pub use paying::{NewVisitPayment, VisitPayment, pay};
pub use shares::{SHARES_MAX, ShareOf};
pub use unpaid::unpaid;
