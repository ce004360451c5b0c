//! Checks of escalation plans: whether each leads to people, to enough of them, and soon enough.

pub(super) mod minutes;
pub(super) mod people;
pub(super) mod shape;
pub(super) mod targets;

use crate::domain::{
    contact::{Contact, Stage, Target},
    ids::Arn,
};

/// Returns the stages of a plan with their numbers, counted from 1; none where the engine has already said "unknown".
fn stages(plan: &Contact) -> impl DoubleEndedIterator<Item = (usize, &Stage)> + ExactSizeIterator {
    let stages = plan.plan.known().map_or(&[][..], |plan| plan.stages.as_slice());
    stages.iter().enumerate().map(|(index, stage)| (index + 1, stage))
}

/// Returns the people, plans and schedules that a stage engages. A device or nothing is no target of such a plan.
fn contacts(stage: &Stage) -> impl Iterator<Item = &Arn> {
    stage.targets.iter().filter_map(|target| match target {
        Target::Contact { contact, .. } => Some(contact),
        Target::Channel { .. } | Target::Empty => None,
    })
}
