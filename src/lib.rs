#![doc = include_str!("architecture.md")]
//!
//! # In which order to read
//!
//! Each module's page says what it is for; the modules above rest on none of those below.
//!
//! 1. The words: [`domain`], of which [`Inventory`](domain::inventory::Inventory) is what all else is asked about.
//! 2. What is asked: [`paging`] (who is paged, and when), then [`findings`] (what is wrong, and how soon it hurts).
//! 3. What is done: [`changes`] (the writes as data), then [`ledger`] (what is remembered of them), then [`review`] (the
//!    fold over the ledger that says when somebody may sign off).
//! 4. What comes in and goes out as text: [`imports`], [`report`], [`failure`].
//! 5. The desk: [`app`] (messages in, effects out), then [`view`] (the model drawn).
//! 6. The outside: [`config`], [`aws`], [`store`]; [`runtime`], which ties them to the core; [`cli`], where it starts.
//! 7. Beside all of it: [`emulator`], which shares no code with the rest and is what the tests talk to.

pub mod changes;
pub mod domain;
pub mod failure;
pub mod findings;
pub mod imports;
pub mod ledger;
pub mod paging;
pub mod review;

pub mod app;
pub mod view;

pub mod report;

pub mod aws;
pub mod config;
pub mod store;

pub mod runtime;

pub mod cli;

pub mod emulator;
