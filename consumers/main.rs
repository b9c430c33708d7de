//! The command line of the restaurant: `maitred --help`.

/// SQLite's too (`override`): a command's rows, events and frames are many allocations beyond what glibc's caches keep, a tenth of the writer's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    restaurant::cli::run()
}
