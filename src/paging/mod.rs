//! Who would be paged, and when: pure functions over an inventory.

pub mod coverage;
pub mod difference;
pub mod simulate;
pub mod telling;
pub mod worst;
