//! The writes of a run, in their order.

use crate::changes::{Write, changeset::is_code, progress::Progress};

/// One write of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Task {
    pub(super) step: usize,
    pub(super) kind: Kind,
    pub(super) write: Write,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Make the step.
    Do,
    /// See whether the step took effect, before it is taken back.
    Settle,
    /// Take it back by this one of its inverse writes.
    Undo(usize),
}

/// Returns the writes that lead to the end.
pub(super) fn forward(progress: &Progress) -> Vec<Task> {
    let steps = progress.planned.steps.iter().enumerate();
    let tasks = steps.map(|(step, planned)| Task {
        step,
        kind: Kind::Do,
        write: planned.write.clone(),
    });
    tasks.collect()
}

/// Returns the writes that lead back: the last step first. What cannot be taken back is left as it is.
pub(super) fn back(progress: &Progress) -> Vec<Task> {
    let mut tasks = Vec::new();
    for (step, planned) in progress.planned.steps.iter().enumerate().rev() {
        // A code that was sent changes nothing that could be taken back.
        if is_code(&planned.write) {
            continue;
        }
        tasks.push(Task {
            step,
            kind: Kind::Settle,
            write: planned.write.clone(),
        });
        let inverse = planned.inverse.iter().enumerate();
        tasks.extend(inverse.map(|(index, write)| Task {
            step,
            kind: Kind::Undo(index),
            write: write.clone(),
        }));
    }
    tasks
}

pub(super) fn is_back(task: &Task) -> bool {
    matches!(task.kind, Kind::Undo(_))
}

pub(super) fn is_activation(write: &Write) -> bool {
    matches!(write, Write::ActivateContactChannel { .. })
}

pub(super) fn is_creation(write: &Write) -> bool {
    matches!(write, Write::CreateRotationOverride { .. })
}
