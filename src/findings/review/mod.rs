//! Checks of the review itself.

pub(super) mod waivers;
