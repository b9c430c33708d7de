//! The command line of the restaurant: `maitred --help`.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
