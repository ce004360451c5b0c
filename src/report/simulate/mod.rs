//! A simulated page: as one JSON object, as lines for people, and as a picture; and what it would be without a person.

pub mod json;
#[cfg(test)]
mod sample;
pub mod svg;
pub mod table;
pub mod without;

use crate::{
    domain::{Timestamp, gap::Gap},
    paging::{
        simulate::{Timeline, minute::Minute, reason::Doubt},
        telling::Names,
        worst::WorstTime,
    },
};
use chrono_tz::Tz;
use std::sync::Arc;

/// Everything that a report of a page is made of.
#[derive(Debug, Clone, Copy)]
pub struct Simulated<'a> {
    /// The names of what was read.
    pub names: Names<'a>,
    /// What happens.
    pub timeline: &'a Timeline,
    /// What the starts of the horizon come to; absent where the horizon is empty.
    pub worst: Option<&'a WorstTime>,
    /// Whether the time line is that of the worst start.
    pub is_at_worst: bool,
    /// The zone in which times are written for people.
    pub zone: Tz,
}

impl Simulated<'_> {
    /// Returns the figure that the answer hangs on: when the first person is reached, at this start or at the worst one.
    pub fn first_human(&self) -> &Minute {
        match self.worst {
            Some(worst) if self.is_at_worst => &worst.first_human.minute,
            Some(_) | None => &self.timeline.outcome.first_human,
        }
    }

    /// Returns everything unknown that the answer rests on, each once.
    fn doubts(&self) -> Vec<&Doubt> {
        let mut doubts = self.timeline.doubts();
        for doubt in self.worst.iter().flat_map(|worst| &worst.doubts) {
            if !doubts.contains(&doubt) {
                doubts.push(doubt);
            }
        }
        doubts
    }

    /// Returns the reads that failed and that the answer rests on, each once.
    fn gaps(&self) -> Vec<&Arc<Gap>> {
        let mut gaps = Vec::new();
        for gap in self.doubts().into_iter().filter_map(Doubt::gap) {
            if !gaps.contains(&gap) {
                gaps.push(gap);
            }
        }
        gaps
    }

    /// Returns an instant as people read it, with the year and the zone.
    fn instant(&self, at: Timestamp) -> String {
        at.with_timezone(&self.zone).format("%a %d %b %Y %H:%M %Z").to_string()
    }

    /// Returns what is paged, in words.
    fn start(&self) -> String {
        let start = &self.timeline.question.start;
        format!("{} “{}”", self.names.kind(start), self.names.of(start))
    }
}
