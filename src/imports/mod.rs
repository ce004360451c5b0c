//! Files that people write or export, as values: the policy, the roster, the waivers, lists of leavers.
//!
//! The readers are given bytes and the file's name and touch no file themselves. They are strict: a mistake is told
//! with its place and with what was probably meant, and never passed over.

pub mod leavers;
pub mod policy;
pub mod roster;
pub mod waivers;
