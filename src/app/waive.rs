//! Waiving a finding: why it may stay, until when, and who answers for it, asked one after the other.

use super::{
    asking::{self, refuse},
    effect::Effect,
    model::Model,
    overlay::Purpose,
};
use crate::{
    domain::{gap::Reading, ids::Arn},
    findings::{Finding, FindingResult, waiver::Waiver},
};
use chrono::{Days, NaiveDate};

/// The longest that a waiver may hold: whoever comes after should decide anew.
const LONGEST_DAYS: u64 = 366;

/// What has been answered so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The row of the queue.
    row: Arn,
    /// Why it may stay as it is.
    reason: Option<String>,
    /// The last day.
    expires: Option<NaiveDate>,
}

/// Returns why the selected finding cannot be waived, if it cannot.
pub fn hindrance(model: &Model) -> Option<String> {
    let Some(finding) = selected(model) else {
        return Some("select a finding: a row of the queue, or a line under FINDINGS".to_owned());
    };
    match &finding.result {
        FindingResult::Fail if finding.check.code == "RV05" => {
            Some("a dead waiver is put right by waiving its own finding anew".to_owned())
        }
        FindingResult::Fail => None,
        FindingResult::Unknown => Some("what is unknown cannot be waived: read it first".to_owned()),
        FindingResult::Waived(waiver) => Some(format!("it is waived until {} by {}", waiver.expires, waiver.owner)),
    }
}

/// Begins to ask.
pub fn begin(model: &mut Model) -> Vec<Effect> {
    if let Some(row) = selected_row(model).cloned() {
        ask(
            model,
            "Why may this stay as it is?",
            String::new(),
            Draft {
                row,
                reason: None,
                expires: None,
            },
        );
    }
    Vec::new()
}

/// Takes an answer, and asks the next question or writes the waiver.
pub fn answer(model: &mut Model, mut draft: Draft, text: &str) -> Vec<Effect> {
    if draft.reason.is_none() {
        if text.is_empty() {
            return refuse(model, "a reason is what whoever reads it next year goes by");
        }
        draft.reason = Some(text.to_owned());
        let suggested = model.now.date_naive().checked_add_days(Days::new(90));
        let suggested = suggested.map_or_else(String::new, |day| day.to_string());
        ask(
            model,
            "Until which day? (2026-12-31, or a number of days: 90d)",
            suggested,
            draft,
        );
        return Vec::new();
    }
    if draft.expires.is_none() {
        return match day(text, model.now.date_naive()) {
            Ok(day) => {
                draft.expires = Some(day);
                let caller = caller(model);
                ask(model, "Who answers for it?", caller, draft);
                Vec::new()
            }
            Err(why) => refuse(model, why),
        };
    }
    if text.is_empty() {
        return refuse(model, "somebody has to answer for it");
    }
    model.overlays.pop();
    let (Some(finding), Some(reason), Some(expires)) = (model.judged.of_row(&draft.row), draft.reason, draft.expires)
    else {
        model.say("the finding is not there any more: nothing was written");
        return Vec::new();
    };
    vec![Effect::AddWaiver(Box::new(Waiver {
        code: finding.check.code.to_owned(),
        subject: finding.subject.id.clone(),
        owner: text.to_owned(),
        reason,
        expires,
        facts: finding.facts(),
        place: String::new(),
    }))]
}

/// Returns the last day that an answer names.
pub(super) fn day(text: &str, today: NaiveDate) -> Result<NaiveDate, String> {
    let latest = today.checked_add_days(Days::new(LONGEST_DAYS));
    let days = text.strip_suffix('d').unwrap_or(text).trim().parse::<u64>().ok();
    let day = match days {
        Some(days) => today.checked_add_days(Days::new(days)),
        None => text.parse().ok(),
    };
    match day {
        None => Err("write a day as 2026-12-31, or a number of days as 90d".to_owned()),
        Some(day) if day < today => Err(format!("{day} has passed")),
        Some(day) if latest.is_some_and(|latest| day > latest) => {
            Err("a year at most: whoever comes after decides anew".to_owned())
        }
        Some(day) => Ok(day),
    }
}

fn ask(model: &mut Model, question: &str, suggested: String, draft: Draft) {
    asking::ask(model, question, suggested, Purpose::Waive(draft));
}

fn caller(model: &Model) -> String {
    match &model.shown.inventory.caller {
        Reading::Known(caller) => caller.arn.name().rsplit('/').next().unwrap_or_default().to_owned(),
        Reading::Unknown(_) | Reading::Pending => String::new(),
    }
}

fn selected_row(model: &Model) -> Option<&Arn> {
    let link = (model.focus == super::model::Focus::Detail)
        .then(|| model.detail.link())
        .flatten();
    let is_finding = |id: &&Arn| model.judged.of_row(id).is_some();
    link.filter(is_finding)
        .or_else(|| model.selected_id().filter(is_finding))
}

/// Returns the finding that is selected, or that the line of the detail leads to.
pub fn selected(model: &Model) -> Option<&Finding> {
    model.judged.of_row(selected_row(model)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_date_or_a_number_of_days() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();
        let at = |text: &str| day(text, today).map(|day| day.to_string());
        assert_eq!(at("2026-12-31"), Ok("2026-12-31".to_owned()));
        assert_eq!(at("7d"), Ok("2026-12-01".to_owned()));
        assert_eq!(at("0"), Ok("2026-11-24".to_owned()));
        assert!(at("2026-11-23").unwrap_err().contains("passed"));
        assert!(at("400d").unwrap_err().contains("a year"));
        for text in ["", "soon", "-1", "99999999999999999999d", "2026-02-30"] {
            assert!(at(text).unwrap_err().contains("write a day"), "{text}");
        }
    }
}
