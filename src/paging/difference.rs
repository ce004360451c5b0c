//! What a change makes of every start of a horizon: when it gets better, when it gets worse, and when that is unknown.
//!
//! Between two instants at which a shift makes a difference, before the change or after it, every start comes to the same
//! on both sides: so one comparison for each of these stretches is all there is, and nothing is sampled.

use super::{
    coverage::{Stretch, prolong},
    simulate::{
        Plot, ResolveSchedules, Simulator,
        compare::{Change, Direction, Measure, direction},
        person::RemovedDevice,
        reason::Doubt,
    },
    worst::{WorstTime, judged, over},
};
use crate::domain::{Timestamp, ids::Arn};
use chrono::TimeDelta;

/// What a change makes of the starts of a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What the starts come to before the change.
    pub before: WorstTime,
    /// What they come to after it.
    pub after: WorstTime,
    /// The starts at which something gets worse, in order.
    pub worse: Vec<Stretch>,
    /// The starts at which something gets better, in order; something else may get worse at the same ones.
    pub better: Vec<Stretch>,
    /// The starts at which it cannot be told of something whether it gets better or worse, in order.
    pub unclear: Vec<Stretch>,
    /// The earliest starts that the change hits hardest; where nothing changes, the first ones.
    pub hardest: Hit,
}

/// What the change makes of some starts that come to the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The starts.
    pub starts: Stretch,
    /// Each figure in the order of [`Measure`], and in which direction it goes.
    pub figures: Vec<(Change, Direction)>,
}

/// The starts that are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// From when to when.
    pub window: Stretch,
    /// When schedules are resolved.
    pub resolve_schedules: ResolveSchedules,
    /// The end of the shifts that were read.
    pub horizon_end: Option<Timestamp>,
}

/// Returns what becomes of a start; absent when there is no time to compare.
///
/// `may_change` tells of something that is not known whether its truth may be another one after the change.
pub fn difference(
    before: &mut Simulator<'_>,
    after: &mut Simulator<'_>,
    start: &Arn,
    compared: Compared,
    may_change: &dyn Fn(&Doubt) -> bool,
) -> Option<Difference> {
    let plots = Plots {
        before: before.plot(start, compared.resolve_schedules),
        after: after.plot(start, compared.resolve_schedules),
        may_change,
    };
    let ends = [&plots.before, &plots.after].map(|plot| judged(plot, compared.window, compared.horizon_end).end_at);
    let window = Stretch {
        end_at: ends.into_iter().min()?,
        ..compared.window
    };
    if window.start_at >= window.end_at {
        return None;
    }
    let (mut worse, mut better, mut unclear) = (Vec::new(), Vec::new(), Vec::new());
    let mut hardest: Option<Hit> = None;
    for starts in plots.stretches(window) {
        let hit = plots.hit(starts);
        for (list, direction) in [
            (&mut worse, Direction::Worse),
            (&mut better, Direction::Better),
            (&mut unclear, Direction::Unclear),
        ] {
            if hit.has(direction) {
                prolong(list, starts);
            }
        }
        if hardest.as_ref().is_none_or(|hardest| hit.weight() > hardest.weight()) {
            hardest = Some(hit);
        }
    }
    Some(Difference {
        before: over(&plots.before, window),
        after: over(&plots.after, window),
        worse,
        better,
        unclear,
        hardest: hardest?,
    })
}

/// Returns how long stretches are in all.
pub fn length(stretches: &[Stretch]) -> TimeDelta {
    stretches.iter().map(|stretch| stretch.end_at - stretch.start_at).sum()
}

impl Hit {
    /// Returns whether one of the figures goes in this direction.
    pub fn has(&self, direction: Direction) -> bool {
        self.figures.iter().any(|(_, found)| *found == direction)
    }

    /// Returns how hard it hits, for comparing: what gets worse goes first, then by how many minutes.
    pub fn weight(&self) -> Weight {
        let direction = [Direction::Worse, Direction::Unclear, Direction::Better]
            .into_iter()
            .find(|direction| self.has(*direction));
        let loss = self.figures.iter().map(|(change, found)| match direction {
            Some(direction) if direction == *found => delay(change).saturating_mul(match direction {
                Direction::Better => -1,
                Direction::Worse | Direction::Unclear | Direction::Same => 1,
            }),
            Some(_) | None => 0,
        });
        Weight {
            rank: direction.map_or(0, rank),
            loss: loss.collect(),
        }
    }
}

/// How hard a change hits, the hardest last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weight {
    rank: u8,
    /// By how many minutes each figure moves; the first person counts most.
    loss: Vec<i64>,
}

fn rank(direction: Direction) -> u8 {
    match direction {
        Direction::Same => 0,
        Direction::Better => 1,
        Direction::Unclear => 2,
        Direction::Worse => 3,
    }
}

/// Returns by how many minutes a figure comes later; never is later than any minute.
fn delay(change: &Change) -> i64 {
    let (latest_before, _) = change.before.lateness();
    let (latest, _) = change.after.lateness();
    latest.saturating_sub(latest_before)
}

/// Everything that a start may engage, before and after.
struct Plots<'a> {
    before: Plot,
    after: Plot,
    may_change: &'a dyn Fn(&Doubt) -> bool,
}

impl Plots<'_> {
    /// Returns the stretches of a window in which every start comes to the same on both sides.
    fn stretches(&self, window: Stretch) -> impl Iterator<Item = Stretch> {
        let mut edges = vec![window.start_at];
        for plot in [&self.before, &self.after] {
            edges.extend(plot.changes(window.start_at, window.end_at));
        }
        edges.push(window.end_at);
        edges.sort_unstable();
        edges.dedup();
        let ends = edges.clone().into_iter().skip(1);
        edges
            .into_iter()
            .zip(ends)
            .map(|(start_at, end_at)| Stretch { start_at, end_at })
    }

    /// Returns what becomes of some starts: of both readings of a removed device, the one that is worse.
    fn hit(&self, starts: Stretch) -> Hit {
        let mut hit = self.under(starts, RemovedDevice::SilencesStage);
        if self.before.names_removed_device() || self.after.names_removed_device() {
            let other = self.under(starts, RemovedDevice::SilencesItself);
            for (figure, other) in hit.figures.iter_mut().zip(other.figures) {
                if rank(other.1) > rank(figure.1) {
                    *figure = other;
                }
            }
        }
        hit
    }

    fn under(&self, starts: Stretch, removed: RemovedDevice) -> Hit {
        let [before, after] = [&self.before, &self.after].map(|plot| plot.firsts(starts.start_at, removed));
        let pairs = [
            (Measure::FirstHuman, before.human, after.human),
            (Measure::SecondHuman, before.second_human, after.second_human),
            (Measure::FirstAudible, before.audible, after.audible),
        ];
        let changes = pairs.map(|(measure, before, after)| Change {
            measure,
            before: before.to_minute(),
            after: after.to_minute(),
        });
        let is_exact = changes
            .iter()
            .all(|change| change.before.is_exact() && change.after.is_exact());
        let unknown = if is_exact {
            Unknown::default()
        } else {
            self.unknown(starts.start_at, removed)
        };
        let told = changes.into_iter().map(|change| {
            let is_same = match change.measure {
                // Whether somebody is a second person depends on who the first is, and that may have changed.
                Measure::SecondHuman => unknown.is_all_the_same,
                Measure::FirstHuman | Measure::FirstAudible => unknown.is_the_same,
            };
            let direction = direction(&change.before, &change.after, is_same);
            (change, direction)
        });
        Hit {
            starts,
            figures: told.collect(),
        }
    }

    fn unknown(&self, at: Timestamp, removed: RemovedDevice) -> Unknown {
        let [before, after] = [&self.before, &self.after].map(|plot| plot.deeds(at, removed));
        let [doubtful, doubtful_after] =
            [&before, &after].map(|deeds| deeds.iter().filter(|deed| deed.doubt().is_some()).collect::<Vec<_>>());
        let may_change = |deed: &&super::simulate::Deed<'_>| deed.doubt().is_some_and(self.may_change);
        let is_the_same = doubtful == doubtful_after && !doubtful.iter().any(may_change);
        Unknown {
            is_the_same,
            is_all_the_same: is_the_same && before == after,
        }
    }
}

/// What is not known on both sides.
#[derive(Debug, Clone, Copy, Default)]
struct Unknown {
    /// Whether it is the same, so that its truth is the same, too.
    is_the_same: bool,
    /// Whether everything that is known is the same besides.
    is_all_the_same: bool,
}
