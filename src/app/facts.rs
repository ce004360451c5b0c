//! What screens are made from: the inventory as shown, its references, and the time.

use super::{judged::Judged, keymap::Keymap, ledger::DeskLedger, review::DeskReview};
use crate::domain::{Timestamp, graph::Graph, inventory::Inventory, phone::Arrival};
use chrono_tz::Tz;

/// Everything that rows and details are computed from.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The inventory, with old rows where fresh ones are still to come.
    pub inventory: &'a Inventory,
    /// Who names whom in it.
    pub graph: &'a Graph,
    /// What the checks said of it.
    pub judged: &'a Judged,
    /// The ledger of the account.
    pub ledger: &'a DeskLedger,
    /// The review that is being held.
    pub review: &'a DeskReview,
    /// What arrived on the devices of the demo account.
    pub arrivals: &'a [Arrival],
    /// What the keys do.
    pub keymap: &'a Keymap,
    /// The time.
    pub now: Timestamp,
    /// The zone that times are shown in.
    pub zone: Tz,
}
