//! The one integration binary: every file beside this one is a module of it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::string_slice,
    reason = "the lints' own permission for tests does not reach helper functions, and tests prepare files of their own"
)]

mod activate;
mod activate_branches;
mod another_account;
mod carry_out;
mod changeset;
mod changeset_cli;
mod changeset_faults;
mod cli;
mod clients;
mod confirm;
mod connecting;
mod consent;
mod copied;
mod demo;
mod demo_screens;
mod desk_changes;
mod emulator_incidents;
mod emulator_sdk;
mod evidence;
mod evidence_browser;
mod execute;
mod faults;
mod fuzz;
mod generated;
mod harness;
mod hostile;
mod keeper;
mod ledger;
mod ledger_screen;
mod load;
mod looks;
mod page;
mod pictures;
mod plain;
mod proof;
mod pty;
mod readme;
mod removal;
mod removal_cli;
mod removal_faults;
mod removal_screen;
mod reveal;
mod review_killed;
mod review_screen;
mod round;
mod scan;
mod screens;
mod secrets;
mod simulate;
mod since;
mod since_screen;
mod strain;
mod terminal;
mod tidy;
mod walk;
mod what_if;
mod world;
mod worlds;
