//! A route to something that is no consumer.

use maitred::*;

struct Till;

fn main() {
    let _ = consumer::<Till>();
}
