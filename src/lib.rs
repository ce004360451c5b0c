#![doc = include_str!("architecture.md")]

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
