//! Checks of response plans: whether what each engages exists and reaches somebody, and where it is talked about.

pub(super) mod chat;
pub(super) mod targets;

use crate::domain::{response::ResponsePlan, text::neutral};

/// Returns the name that people know a response plan by, made safe to draw.
fn name(plan: &ResponsePlan) -> String {
    neutral(plan.label()).into_owned()
}
