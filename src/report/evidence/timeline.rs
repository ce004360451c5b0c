//! The worst time of each response plan, simulated.

use super::{document::Block, instant};
use crate::{
    domain::{graph::Graph, ids::Arn, inventory::Inventory, schedule::ResolveSchedules},
    paging::{
        coverage::Stretch,
        simulate::{Question, Simulator},
        telling::{self, Names},
    },
    report::simulate::{Simulated, svg},
};

/// How many time lines are drawn: a page of more of them is read by nobody. The others are told in words.
const MOST_DRAWN: usize = 40;

/// An account in which pages are simulated.
pub(super) struct Account<'a> {
    /// What was read.
    pub(super) inventory: &'a Inventory,
    /// Who names whom in it.
    pub(super) graph: &'a Graph,
    /// When schedules are taken to be resolved.
    pub(super) resolve_schedules: ResolveSchedules,
}

/// Returns the worst time of each of these response plans, as a picture with words; the words alone for the last of very many.
pub(super) fn of(account: &Account<'_>, plans: &[&Arn]) -> Vec<Block> {
    let (inventory, graph) = (account.inventory, account.graph);
    let names = Names { inventory, graph };
    let (Some(start_at), Some(end_at)) = (inventory.started_at, inventory.horizon_end) else {
        let why = "The shifts of that reading are not known, so no page can be simulated.";
        return vec![Block::Paragraph(why.to_owned())];
    };
    let mut simulator = Simulator::new(inventory, graph);
    let mut blocks = Vec::new();
    for plan in plans {
        let window = Stretch { start_at, end_at };
        let name = names.of(plan);
        let Some(worst) = simulator.worst(plan, window, account.resolve_schedules, inventory.horizon_end) else {
            blocks.push(Block::Paragraph(format!(
                "{name}: the shifts that were read do not reach far enough."
            )));
            continue;
        };
        let question = Question {
            resolve_schedules: account.resolve_schedules,
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
