//! Checks of devices: whether each can page its person, and whether a person has enough of them.

pub(super) mod activation;
