#![doc = include_str!("architecture.md")]

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod failure;
pub mod paging;

pub mod emulator;
