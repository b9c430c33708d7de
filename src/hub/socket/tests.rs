use super::Socket;
use crate::hub::fixture::Numbers;

/// Every idle client pays for it, with the two counters of its `Rc`.
#[test]
fn a_socket_fits_the_allocators_class_of_448_bytes() {
    let counters = 2 * size_of::<usize>();
    assert!(size_of::<Socket<Numbers>>() + counters <= 448);
}
