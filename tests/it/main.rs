//! The one integration binary: every file beside this one is a module of it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "the lints' own permission for tests does not reach helper functions"
)]

mod cli;
mod clients;
mod generated;
mod load;
mod tidy;
mod worlds;
