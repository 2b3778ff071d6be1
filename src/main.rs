//! The command line program: parse arguments, run one command, turn an error into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    demarche::cli::run(std::env::args_os())
}
