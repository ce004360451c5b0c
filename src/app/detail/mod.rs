//! The detail of the selected row: lines of which some lead elsewhere.
//!
//! One file for each kind of thing that a row can be about; `page` collects the lines, `parts` are what several have in
//! common. What was not read has its own line with the call and the reason.

mod arrival;
mod calendar;
mod device;
mod family;
mod finding;
mod page;
mod parts;
mod person;
mod plan;
mod record;
mod response;
mod review;
mod rotation;
mod schedule;
mod shift;

pub use parts::place_words;

use super::{
    facts::Facts,
    screens::{counts, phone},
    style::Line,
};
use crate::domain::{contact::ContactKind, ids::Arn};
use page::Page;

/// The detail pane.
#[derive(Debug, Clone, Default)]
pub struct Detail {
    /// Its lines.
    pub lines: Vec<DetailLine>,
    /// The line that commands act on.
    pub place: usize,
    /// The first line on the screen.
    pub offset: usize,
}

/// One line of a detail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DetailLine {
    /// The text.
    pub line: Line,
    /// What Enter on it goes to.
    pub link: Option<Arn>,
}

impl Detail {
    /// Takes over other lines, keeping the place.
    pub fn set_lines(&mut self, lines: Vec<DetailLine>, height: usize) {
        self.lines = lines;
        self.move_by(0, height);
    }

    /// Moves the selected line by `rows` on a screen of `height`, stopping at both ends.
    pub fn move_by(&mut self, rows: isize, height: usize) {
        self.place = self
            .place
            .saturating_add_signed(rows)
            .min(self.lines.len().saturating_sub(1));
        let height = height.max(1);
        let lowest = self.place.saturating_sub(height - 1);
        self.offset = self
            .offset
            .clamp(lowest, self.place)
            .min(self.lines.len().saturating_sub(height).max(lowest));
    }

    /// Returns what the selected line leads to.
    pub fn link(&self) -> Option<&Arn> {
        self.lines.get(self.place).and_then(|line| line.link.as_ref())
    }
}

/// Returns the detail of what `id` names, for a pane of `width` columns; nothing when it is not there any more.
pub fn build(facts: &Facts<'_>, id: &Arn, width: u16) -> Vec<DetailLine> {
    let mut page = Page::new(width);
    let inventory = facts.inventory;
    if let Some(finding) = facts.judged.of_row(id) {
        finding::write(&mut page, facts, finding);
    } else if let Some(family) = counts::family(id) {
        family::write(&mut page, facts, family);
    } else if let Some(contact) = inventory.contacts.items.get(id) {
        match &contact.kind {
            ContactKind::Person => person::write(&mut page, facts, contact),
            ContactKind::EscalationPlan => plan::write(&mut page, facts, contact),
            ContactKind::Schedule => schedule::write(&mut page, facts, contact),
            ContactKind::Other(word) => parts::write_other(&mut page, facts, contact, word),
        }
    } else if let Some(rotation) = inventory.rotations.items.get(id) {
        rotation::write(&mut page, facts, rotation);
    } else if let Some(plan) = inventory.response_plans.items.get(id) {
        response::write(&mut page, facts, plan);
    } else if let Some(recorded) = facts.ledger.of_row(id) {
        record::write(&mut page, facts, recorded);
    } else if let Some(arrival) = phone::arrival(facts, id) {
        arrival::write(&mut page, facts, arrival);
    } else if let Some((channel, owner)) = facts.graph.channel(inventory, id) {
        device::write(&mut page, facts, channel, owner);
    }
    page.finish()
}

/// Returns the detail of a row of the review in hand, for a pane of `width` columns; nothing when it is not there any more.
pub fn build_review(facts: &Facts<'_>, id: &Arn, width: u16) -> Vec<DetailLine> {
    let mut page = Page::new(width);
    if let Some(row) = facts.review.rows.get(id) {
        review::write(&mut page, facts, row, facts.review.in_hand(facts.ledger));
    }
    page.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        graph::Graph,
        phone::Arrival,
        world::{World, at, contact_arn},
    };
    use chrono_tz::Tz;

    /// Returns facts about a world at its beginning.
    pub(super) fn facts<'a>(world: &'a World, graph: &'a Graph, arrivals: &'a [Arrival], zone: Tz) -> Facts<'a> {
        Facts {
            inventory: &world.inventory,
            graph,
            judged: Box::leak(Box::default()),
            keymap: Box::leak(Box::default()),
            ledger: Box::leak(Box::default()),
            review: Box::leak(Box::default()),
            arrivals,
            now: at(0),
            zone,
        }
    }

    /// Returns a detail in a wide pane.
    pub(super) fn lines(world: &World, id: &Arn) -> Vec<DetailLine> {
        lines_of(&facts(world, &world.graph(), &[], Tz::UTC), id)
    }

    /// Returns a detail in a wide pane, having looked that narrow ones fit and have the same links.
    pub(super) fn lines_of(facts: &Facts<'_>, id: &Arn) -> Vec<DetailLine> {
        let all = build(facts, id, 120);
        for width in [0, 20, 31, 50] {
            let narrow = build(facts, id, width);
            for line in &narrow {
                let text = line.line.text();
                let cells = unicode_width::UnicodeWidthStr::width(text.as_str());
                assert!(cells <= usize::from(width.max(20)), "{cells} cells at {width}: {text}");
            }
            let links = |lines: &[DetailLine]| {
                let mut links: Vec<Option<Arn>> = lines.iter().map(|line| line.link.clone()).collect();
                links.dedup();
                links.retain(Option::is_some);
                links
            };
            assert_eq!(links(&narrow), links(&all), "links at {width}");
        }
        all
    }

    /// Compares the lines of one section of a detail, from its heading to the next empty line.
    #[track_caller]
    pub(super) fn check(world: &World, id: &Arn, heading: &str, expected: &[&str]) {
        check_in(world, id, heading, Tz::UTC, expected);
    }

    /// Compares one section as an operator in `zone` sees it.
    #[track_caller]
    pub(super) fn check_in(world: &World, id: &Arn, heading: &str, zone: Tz, expected: &[&str]) {
        let all = lines_of(&facts(world, &world.graph(), &[], zone), id);
        let texts: Vec<String> = all.iter().map(|line| line.line.text()).collect();
        let start = texts.iter().position(|text| text.starts_with(heading));
        let start = start.unwrap_or_else(|| panic!("no {heading} in {texts:#?}"));
        let section: Vec<&str> = texts[start + 1..]
            .iter()
            .map(String::as_str)
            .take_while(|text| !text.is_empty())
            .collect();
        assert_eq!(section, expected, "{heading}");
    }

    #[test]
    fn what_is_gone_has_no_detail() {
        let world = World::new();
        assert_eq!(lines(&world, &contact_arn("left")), Vec::new());
    }

    #[test]
    fn a_contact_of_an_unknown_type_says_so() {
        let world = World::new().contact("bot", ContactKind::Other("ROBOT".to_owned()));
        check(
            &world,
            &contact_arn("bot"),
            "bot",
            &[
                "alias     bot",
                "ARN       arn:aws:ssm-contacts:eu-west-1:111122223333:contact/bot",
                "type      ROBOT, which this version does not know",
            ],
        );
    }
}
