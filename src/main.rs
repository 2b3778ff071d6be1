//! The command line program: parse arguments, run one command, turn an error into an exit code.

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    // What goes wrong inside costs one article and is told as any other fault, in one line.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|l| format!(" ({}:{})", l.file(), l.line())).unwrap_or_default();
        let _ = writeln!(std::io::stderr(), "demarche: a fault of the program itself{place}; please report it");
    }));
    demarche::cli::run(std::env::args_os())
}
