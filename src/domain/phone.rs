//! What arrived on a device of the demo account. On a real account nobody but the owner sees this.

use super::{Timestamp, ids::Arn};

/// One text, call or mail that the embedded Incident Manager delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// When it arrived.
    pub at: Timestamp,
    /// The device it arrived on.
    pub channel: Arn,
    /// Text, call or mail, by AWS's word.
    pub kind: String,
    /// The device's address.
    pub to: super::address::Address,
    /// What it says, the code included: this screen plays the owner's phone.
    pub text: String,
}
