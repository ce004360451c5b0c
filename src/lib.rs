#![doc = include_str!("architecture.md")]

pub mod failure;

pub mod emulator;
