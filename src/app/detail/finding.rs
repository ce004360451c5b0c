//! A finding: what is wrong, why it stands where it stands, what it rests on, and how to put it right.

use super::page::{Page, indented};
use crate::{
    app::{
        command::COMMANDS,
        facts::Facts,
        judged,
        style::{Line, Role},
        time,
    },
    domain::ids::Arn,
    findings::{Finding, FindingResult},
};

/// Writes the detail of a finding.
pub(super) fn write(page: &mut Page, facts: &Facts<'_>, finding: &Finding) {
    let check = finding.check;
    page.put(0, &Line::of(format!("{} {}", check.code, check.title), Role::Title));
    let subject = Line::of(&finding.subject.name, Role::Link);
    match &finding.subject.arn {
        Some(arn) => page.field_link("subject", subject, arn),
        None => page.field("subject", Line::plain(&finding.subject.name)),
    }
    page.field("severity", severity(finding));
    if let Some(at) = finding.standing.hurts_at {
        let when = if at <= facts.now {
            "now".to_owned()
        } else {
            format!(
                "{}, {}",
                time::distance(at, facts.now),
                time::instant(at, facts.now, facts.zone)
            )
        };
        let mut line = Line::plain(when);
        if let Some(why) = &finding.standing.why_then {
            line = line.and(format!(", {why}"), Role::Dim);
        }
        page.field("hurts", line);
    }

    match &finding.result {
        FindingResult::Fail => {
            page.heading("WHAT IS WRONG");
            page.put(2, &indented(2).and(&finding.message, judged::role(finding)));
        }
        FindingResult::Unknown => {
            page.heading("IT CANNOT BE TOLD");
            page.unknown(2, &finding.message);
        }
        FindingResult::Waived(waiver) => {
            page.heading("WAIVED");
            page.put(2, &indented(2).and(&finding.message, Role::Normal));
            let who = format!("{} until {}: {}", waiver.owner, waiver.expires, waiver.reason);
            page.put(2, &indented(2).and(who, Role::Dim));
        }
    }
    if !finding.evidence.is_empty() {
        page.heading("EVIDENCE");
        for fact in &finding.evidence {
            let line = indented(2)
                .and(format!("{}: ", fact.field), Role::Dim)
                .and(&fact.value, Role::Normal)
                .and(format!("  ({})", fact.source.name()), Role::Dim);
            page.put(4, &line);
        }
    }
    page.heading("WHY IT MATTERS");
    page.put(2, &indented(2).and(check.rationale, Role::Normal));
    page.heading("TO PUT IT RIGHT");
    page.put(2, &indented(2).and(check.remedy, Role::Normal));
    let is_failing = finding.result == FindingResult::Fail;
    for name in [check.command, "waive"].into_iter().filter(|_| is_failing) {
        let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
            continue;
        };
        if let Some(key) = facts.keymap.main_key(command.id) {
            let line = indented(2).and(key.to_string(), Role::Key);
            page.put(4, &line.and(format!(" {}", command.doc), Role::Dim));
        }
    }
}

fn severity(finding: &Finding) -> Line {
    let line = Line::of(finding.severity().word(), judged::role(finding));
    match &finding.standing.moved {
        Some(why) => line.and(format!(" ({} {why})", finding.check.severity), Role::Dim),
        None => line,
    }
}

/// Writes what was found about something, each with a link to the queue. Nothing where nothing was found.
pub(super) fn section(page: &mut Page, facts: &Facts<'_>, arn: &Arn) {
    let mut about = facts.judged.about(arn).peekable();
    if about.peek().is_none() {
        return;
    }
    page.heading("FINDINGS");
    for finding in about {
        let Some(id) = judged::row_id(finding) else { continue };
        let word = match finding.result {
            FindingResult::Fail => finding.severity().word(),
            FindingResult::Unknown => "unknown",
            FindingResult::Waived(_) => "waived",
        };
        let line = indented(2)
            .and(format!("{word:<8} "), judged::role(finding))
            .and(finding.check.code, Role::Link)
            .and(format!(" {}", finding.message), Role::Normal);
        page.link(16, &line, &id);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{facts, lines_of};
    use crate::{
        app::{facts::Facts, judged::Judged},
        domain::world::{World, contact_arn},
        findings::{self, evaluate::evaluate, judging::Judging},
    };
    use chrono_tz::Tz;

    fn texts(world: &World, code: &str) -> (Vec<String>, Vec<String>) {
        let graph = world.graph();
        let judging = Judging::default();
        let now = crate::domain::world::at(0);
        let judged = Judged::new(evaluate(&findings::facts::Facts::new(
            &world.inventory,
            &graph,
            &judging,
            now,
        )));
        let facts = Facts {
            ledger: &crate::app::ledger::DeskLedger::default(),
            review: &crate::app::review::DeskReview::default(),
            judged: &judged,
            ..facts(world, &graph, &[], Tz::UTC)
        };
        let text = |id| lines_of(&facts, id).iter().map(|line| line.line.text()).collect();
        let found = judged.all().iter().find(|finding| finding.check.code == code).unwrap();
        let id = crate::app::judged::row_id(found).unwrap();
        (text(&id), text(&contact_arn("anna")))
    }

    #[test]
    fn a_finding_says_what_is_wrong_why_it_matters_and_what_to_do() {
        let world = World::new()
            .person("anna", &["-phone"], &[("phone", 1)])
            .rotation("weekly", &["anna"])
            .shifts("weekly", &[(5, 24 * 14, &["anna"])])
            .schedule("ops", &["weekly"])
            .complete();
        let (finding, person) = texts(&world, "CH02");
        for expected in [
            "CH02 contact has no activated channel at all",
            "subject   anna",
            "severity  critical",
            "hurts     in 5 h, Sun 01 Nov 05:00, on call in weekly",
            "  anna's only device is not activated",
            "  ActivationStatus: SMS phone (+44•••••••123): NOT_ACTIVATED  (ListContactChannels)",
            "WHY IT MATTERS",
            "TO PUT IT RIGHT",
        ] {
            assert!(
                finding.iter().any(|line| line == expected),
                "{expected} in {finding:#?}"
            );
        }
        let section = person.iter().position(|line| line == "FINDINGS").unwrap();
        assert!(person[section + 1].starts_with("  critical CH02 anna's only device is not activated"));
    }
}
