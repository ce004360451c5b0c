//! A simulated page as lines for people, in a terminal or in the log of a job.

use super::Simulated;
use crate::paging::{
    coverage::Stretch,
    simulate::{ResolveSchedules, minute::Minute, person::RemovedDevice},
    telling::{self, Silence},
    worst::{Worst, WorstTime},
};
use crate::report::lines::{Breaks, Layout, Lines};
use std::fmt::Write as _;

/// How many cells a line may take.
const WIDTH: usize = 80;

/// The cells before what happens: the minute, right-aligned, and two blanks.
const HANG: &str = "        ";

/// How many stretches without anybody are listed; the JSON form has them all.
const STRETCHES: usize = 20;

/// Returns a simulated page as text.
pub fn table(simulated: &Simulated<'_>, layout: Layout) -> String {
    let mut page = Page {
        simulated,
        lines: Lines::new(layout.map_width(|_| WIDTH), Breaks::Words),
    };
    page.head();
    // Whoever listens wants to know what it comes to before the minutes of it.
    if page.lines.is_plain() {
        page.summary();
        page.events();
    } else {
        page.events();
        page.summary();
    }
    page.readings();
    page.unknown();
    if let Some(worst) = simulated.worst {
        page.worst(worst);
    }
    page.lines.into_text()
}

struct Page<'a> {
    simulated: &'a Simulated<'a>,
    lines: Lines,
}

impl Page<'_> {
    fn head(&mut self) {
        let (simulated, timeline) = (self.simulated, self.simulated.timeline);
        let at = timeline.question.at;
        let mut when = simulated.instant(at);
        if at.with_timezone(&simulated.zone).naive_local() != at.naive_utc() {
            write!(when, " = {} UTC", at.format("%a %d %b %H:%M")).ok();
        }
        let which = if simulated.is_at_worst {
            ", the worst time to start"
        } else {
            ""
        };
        self.paragraph(&format!("{} is engaged at {when}{which}.", capital(&simulated.start())));
        if timeline.question.resolve_schedules == ResolveSchedules::PlanStart {
            self.paragraph("Schedules stand for whoever is on call when the page starts.");
        }
        if timeline.acknowledged.is_empty() {
            self.paragraph("Nobody acknowledges.");
        }
        for acknowledged in &timeline.acknowledged {
            self.paragraph(&format!("{}.", simulated.names.acknowledged(acknowledged)));
        }
    }

    fn events(&mut self) {
        let (names, timeline) = (self.simulated.names, self.simulated.timeline);
        self.lines.blank();
        if self.lines.is_plain() {
            self.lines.heading("events", timeline.events.len());
        } else {
            self.lines.paragraph("minute");
        }
        let mut silences = telling::silences(timeline).into_iter().peekable();
        let mut way = String::new();
        for event in &timeline.events {
            // A silence is told where it ends, before the page that ends it.
            while let Some(silence) = silences.next_if(|silence| silence.ends_with(event)) {
                self.silence(silence);
            }
            let here = names.way(&event.path);
            if here != way {
                if !here.is_empty() {
                    self.hanging(HANG, "          ", &format!("by {here}:"));
                }
                way = here;
            }
            let start = format!("{:>6}  ", event.minute);
            let label = format!("minute {}", event.minute);
            let words = format!("{}: {}", names.whom(event), names.what(event));
            self.lines.labelled(&label, &start, HANG, &words);
        }
        for silence in silences {
            self.silence(silence);
        }
    }

    fn silence(&mut self, silence: Silence) {
        self.lines.labelled("silence", "     …  ", HANG, &silence.words());
    }

    fn summary(&mut self) {
        let timeline = self.simulated.timeline;
        let people = timeline.people();
        let outcome = &timeline.outcome;
        self.lines.blank();
        for (title, minute, person) in [
            ("first person", &outcome.first_human, people.first()),
            ("second person", &outcome.second_human, people.get(1)),
            ("first that rings", &outcome.first_audible, None),
            ("silent after", &outcome.silent_after, None),
        ] {
            let who = match (minute, person) {
                (Minute::At(_), Some((person, _))) => format!(", {}", self.simulated.names.of(person)),
                (Minute::At(_) | Minute::Never | Minute::Unknown { .. }, _) => String::new(),
            };
            self.figure(title, minute, &who);
        }
    }

    fn figure(&mut self, title: &str, minute: &Minute, more: &str) {
        let why = minute.doubt().map_or_else(String::new, |doubt| format!(": {doubt}"));
        let start = format!("{title:<18}");
        let hang = " ".repeat(18);
        self.hanging(&start, &hang, &format!("{}{more}{why}", telling::figure(minute)));
    }

    /// Says what the other reading of a removed device comes to, where it makes a difference.
    fn readings(&mut self) {
        let timeline = self.simulated.timeline;
        let Some(readings) = &timeline.readings else { return };
        let other = match readings.told {
            RemovedDevice::SilencesItself => RemovedDevice::SilencesStage,
            RemovedDevice::SilencesStage => RemovedDevice::SilencesItself,
        };
        self.lines.blank();
        if readings.other == timeline.outcome {
            self.paragraph(
                "A stage names a device that does not exist any more. Whether the service skips the device or the whole \
                 stage is not documented, and makes no difference here.",
            );
            return;
        }
        self.paragraph(&format!(
            "A stage names a device that does not exist any more, and what the service does then is not documented. Told \
             is the worse reading: {}. If {}:",
            telling::reading(readings.told),
            telling::reading(other)
        ));
        for (title, minute) in [
            ("first person", &readings.other.first_human),
            ("second person", &readings.other.second_human),
            ("first that rings", &readings.other.first_audible),
            ("silent after", &readings.other.silent_after),
        ] {
            self.figure(title, minute, "");
        }
    }

    fn unknown(&mut self) {
        let timeline = self.simulated.timeline;
        if !timeline.bounds.is_empty() {
            self.lines.blank();
        }
        for bound in &timeline.bounds {
            self.paragraph(&format!("The walk was cut short: {bound}."));
        }
        let gaps = self.simulated.gaps();
        if gaps.is_empty() {
            return;
        }
        self.lines.blank();
        self.lines.heading("Could not be read", gaps.len());
        for gap in gaps {
            self.hanging("  ", "    ", &gap.to_string());
        }
    }

    fn worst(&mut self, worst: &WorstTime) {
        let window = self.stretch(&worst.window);
        self.lines.blank();
        self.paragraph(&format!("Of all starts {window}, when nobody acknowledges:"));
        for (title, figure) in [
            ("worst first", &worst.first_human),
            ("worst second", &worst.second_human),
            ("worst ring", &worst.first_audible),
        ] {
            self.worst_figure(title, figure, worst);
        }
        let nobody = worst.time_with_nobody().num_minutes();
        let of = (worst.window.end_at - worst.window.start_at).num_minutes();
        self.hanging(
            "nobody reached    ",
            "                  ",
            &format!("{} of {of}", telling::minutes(nobody)),
        );
        self.stretches("", &worst.nobody);
        self.stretches("unknown: ", &worst.unknown);
        if worst.is_worse_reading {
            self.paragraph("This rests on the worse reading of a removed device.");
        }
        for bound in &worst.bounds {
            self.paragraph(&format!("The walk was cut short: {bound}."));
        }
    }

    fn worst_figure(&mut self, title: &str, figure: &Worst, worst: &WorstTime) {
        let when = if figure.starts == worst.window {
            ", at every start".to_owned()
        } else {
            format!(", if it starts {}", self.stretch(&figure.starts))
        };
        self.figure(title, &figure.minute, &when);
    }

    fn stretches(&mut self, before: &str, stretches: &[Stretch]) {
        for stretch in stretches.iter().take(STRETCHES) {
            let words = format!("{before}{}", self.stretch(stretch));
            self.hanging("                  ", "                    ", &words);
        }
        if let Some(more) = stretches.len().checked_sub(STRETCHES).filter(|more| *more > 0) {
            let words = format!("{before}and {more} more; --format json lists them all");
            self.hanging("                  ", "                    ", &words);
        }
    }

    fn stretch(&self, stretch: &Stretch) -> String {
        let [from, to] = [stretch.start_at, stretch.end_at].map(|at| self.simulated.instant(at));
        format!("between {from} and {to}")
    }

    fn paragraph(&mut self, line: &str) {
        self.hanging("", "", line);
    }

    fn hanging(&mut self, start: &str, hang: &str, line: &str) {
        // What stands before a value is its title.
        self.lines.labelled(start, start, hang, line);
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::{super::sample::Sample, *};
    use crate::domain::text::is_harmful;
    use unicode_width::UnicodeWidthStr as _;

    #[test]
    fn the_lines_keep_their_form() {
        insta::assert_snapshot!(table(&Sample::of_everything().simulated(), Layout::of_width(WIDTH)));
    }

    #[test]
    fn the_lines_of_the_worst_start_say_so() {
        let text = table(&Sample::of_everything().at_worst().simulated(), Layout::of_width(WIDTH));
        assert!(
            text.split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .contains("the worst time to start"),
            "{text}"
        );
    }

    #[test]
    fn lines_keep_to_80_cells_and_hold_nothing_harmful() {
        for sample in [Sample::of_everything(), Sample::hostile()] {
            let text = table(&sample.simulated(), Layout::of_width(WIDTH));
            for line in text.lines() {
                assert!(line.width() <= WIDTH && !line.chars().any(is_harmful), "{line}");
            }
        }
    }
}
