#![doc = include_str!("architecture.md")]

pub mod aws;
pub mod cli;
pub mod config;
pub mod domain;
pub mod failure;

pub mod emulator;
