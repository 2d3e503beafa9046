//! The program; all of it is in the library.

use std::process::ExitCode;

/// Many small allocations of many threads, freed elsewhere: what it is made for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    tributary::cli::run()
}
