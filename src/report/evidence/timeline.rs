//! The worst time of each response plan, simulated.

use super::{Seen, document::Block, instant};
use crate::{
    domain::ids::Arn,
    paging::{
        coverage::Stretch,
        simulate::{Question, Simulator},
        telling::{self, Names},
    },
    report::simulate::{Simulated, svg},
};

/// How many time lines are drawn: a page of more of them is read by nobody. The others are told in words.
const MOST_DRAWN: usize = 40;

/// Returns the worst time of each of these response plans, as a picture with words; the words alone for the last of very many.
pub(super) fn of(seen: &Seen<'_>, plans: &[&Arn]) -> Vec<Block> {
    let (inventory, graph) = (seen.inventory, seen.graph);
    let names = Names { inventory, graph };
    let (Some(start_at), Some(end_at)) = (inventory.started_at, inventory.horizon_end) else {
        return Vec::new();
    };
    let mut simulator = Simulator::new(inventory, graph);
    let mut blocks = Vec::new();
    for plan in plans {
        let window = Stretch { start_at, end_at };
        let name = names.of(plan);
        let Some(worst) = simulator.worst(plan, window, seen.resolve_schedules, inventory.horizon_end) else {
            blocks.push(Block::Paragraph(format!(
                "{name}: the shifts that were read do not reach far enough."
            )));
            continue;
        };
        let question = Question {
            resolve_schedules: seen.resolve_schedules,
            ..Question::new((*plan).clone(), worst.first_human.starts.start_at)
        };
        let timeline = simulator.simulate(&question);
        let words = format!(
            "{name}, at its worst time {}: first person {}, second person {}, silent after {}.",
            instant(question.at),
            telling::figure(&worst.first_human.minute),
            telling::figure(&timeline.outcome.second_human),
            telling::figure(&timeline.outcome.silent_after),
        );
        if blocks.len() >= MOST_DRAWN {
            blocks.push(Block::Paragraph(words));
            continue;
        }
        let simulated = Simulated {
            names,
            timeline: &timeline,
            worst: Some(&worst),
            is_at_worst: true,
            zone: chrono_tz::UTC,
        };
        let svg = svg::svg(&simulated);
        blocks.push(Block::Picture { svg, words });
    }
    blocks
}
