//! What scripts, spreadsheets and auditors get: values in, text out.
//!
//! Machine output is a contract. Its form is named by a `schema` field, described in the README, and tested. Addresses are
//! masked everywhere, and what could not be read is never left out: it is said to be unknown.

pub mod changeset;
pub mod checks;
pub mod evidence;
pub mod inventory;
pub mod ledger;
pub mod lines;
pub mod policy;
pub mod removal;
pub mod scan;
pub mod simulate;
pub mod table;
