//! `BIKES_SECRET=... cargo run`, then `wscat -c ws://127.0.0.1:9902/ws/sheds/north/`.

use maitred::Error;

fn main() -> Result<(), Error> {
    let secret = std::env::var("BIKES_SECRET").map_err(|_| {
        Error::Config("BIKES_SECRET is to be a secret of at least 32 bytes".to_owned())
    })?;
    let started = bikes::server("bikes.db", "127.0.0.1:9902", secret.as_bytes())?.start()?;
    let store = started.store().expect("it has one").clone();
    let job = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    std::thread::spawn(move || job.block_on(bikes::overdue::run(store)));
    started.wait()
}
