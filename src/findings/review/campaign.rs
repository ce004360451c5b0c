//! Whether reviews are held in time, on fresh data, to the end, and with care.

use crate::{
    domain::{Timestamp, text::neutral},
    findings::{
        Check, Evidence, Family, Fault, Judge, Verdict,
        facts::Facts,
        needs::Need,
        recorded::{Recorded, ReviewRecord},
        severity::Severity,
        words,
    },
};
use chrono::{Days, Duration, NaiveDate, NaiveTime};

/// A review that should have been signed by now.
pub(in crate::findings) static OVERDUE: Check = Check {
    code: "RV01",
    name: "review-overdue",
    family: Family::Review,
    severity: Severity::High,
    title: "review overdue",
    rationale: "Numbers, jobs and teams change all the time. What nobody has looked at for longer than the policy allows is \
                believed and not known.",
    remedy: "Open a review, decide about every row, and sign it off.",
    command: "",
    needs: &[Need::Ledger],
    hides: &[],
    moot_when: &[],
    is_moving: false,
    judges: &[Judge::Account(overdue)],
};

fn overdue(facts: &Facts<'_>) -> Verdict {
    let Some(recorded) = facts.recorded else {
        return Verdict::NotApplicable;
    };
    let today = facts.now.date_naive();
    if let Some(late) = recorded.open.iter().find(|review| review.due < today) {
        let name = neutral(&late.name);
        return Verdict::fail(
            format!("review {name} was due on {} and is not signed off", late.due),
            vec![
                Evidence::of_ledger("review", name),
                Evidence::of_ledger("due", late.due.to_string()),
            ],
        );
    }
    let last = recorded.last_signed.as_ref();
    let Some((name, signed_at)) = last.and_then(|review| Some((neutral(&review.name), review.signed_at?))) else {
        if recorded.open.iter().any(|review| !review.is_off_cycle) {
            // The first one is under way, and is not due yet.
            return Verdict::Pass;
        }
        let why = "no review was ever signed off";
        return Verdict::fail(why, vec![Evidence::of_ledger("sign_off", "never")]);
    };
    let days = facts.policy.review.every_days;
    if facts.now - signed_at <= Duration::days(days.into()) {
        return Verdict::Pass;
    }
    let days = words::count(days.into(), "day", "days");
    Verdict::fail(
        format!(
            "the last review, {name}, was signed off on {}, more than {days} ago",
            signed_at.date_naive()
        ),
        vec![
            Evidence::of_ledger("review", name),
            Evidence::of_ledger("sign_off", words::instant(signed_at)),
        ],
    )
}

/// A sign-off under something that was not so any more.
pub(in crate::findings) static STALE_SIGN_OFF: Check = Check {
    code: "RV02",
    name: "stale-sign-off",
    family: Family::Review,
    severity: Severity::High,
    title: "population older than the freshness limit at sign-off",
    rationale: "Between the reading and the signature the account may have changed, and nobody looked at that.",
    remedy: "Open a review in between, which reads the account again, and sign it off.",
    command: "",
    needs: &[Need::Ledger],
    hides: &[],
    moot_when: &[],
    is_moving: false,
    judges: &[Judge::Account(stale_sign_off)],
};

fn stale_sign_off(facts: &Facts<'_>) -> Verdict {
    let last = facts.recorded.and_then(|recorded| recorded.last_signed.as_ref());
    let Some((review, signed_at)) = last.and_then(|review| Some((review, review.signed_at?))) else {
        return Verdict::NotApplicable;
    };
    let name = neutral(&review.name);
    let Some(read_at) = review.read_at else {
        return Verdict::Unknown(format!(
            "the ledger does not say when that was read which {name} signed"
        ));
    };
    let limit = facts.policy.review.freshness_hours;
    let age = signed_at - read_at;
    if age <= Duration::hours(limit.into()) {
        return Verdict::Pass;
    }
    let limit = words::count(limit.into(), "hour", "hours");
    Verdict::fail(
        format!(
            "review {name} was signed off {} hours after the account had been read, and the policy allows {limit}",
            age.num_hours()
        ),
        vec![
            Evidence::of_ledger("read", words::instant(read_at)),
            Evidence::of_ledger("sign_off", words::instant(signed_at)),
        ],
    )
}

/// A review in which something is left to decide.
pub(in crate::findings) static UNDECIDED: Check = Check {
    code: "RV03",
    name: "rows-undecided",
    family: Family::Review,
    severity: Severity::Medium,
    title: "rows undecided",
    rationale: "A review counts when it is signed, and nobody can sign while a row is undecided.",
    remedy: "Go on with the review, and decide about every row before its due date.",
    command: "",
    needs: &[Need::Ledger],
    hides: &[],
    moot_when: &["RV01"],
    is_moving: false,
    judges: &[Judge::Account(undecided)],
};

fn undecided(facts: &Facts<'_>) -> Verdict {
    let open = facts.recorded.map_or(&[][..], |recorded| recorded.open.as_slice());
    if open.is_empty() {
        return Verdict::NotApplicable;
    }
    // The first one that is due says when it hurts; all are named.
    let mut said = Vec::new();
    let mut due: Option<NaiveDate> = None;
    let mut unread = None;
    for review in open {
        match review.rows {
            None => unread = Some(not_at_hand(review)),
            Some(rows) if rows.undecided == 0 => {}
            Some(rows) => {
                said.push(format!(
                    "{} of {} rows of {}",
                    rows.undecided,
                    rows.all,
                    neutral(&review.name)
                ));
                due = Some(due.map_or(review.due, |day| day.min(review.due)));
            }
        }
    }
    let Some(due) = due else {
        return unread.map_or(Verdict::Pass, Verdict::Unknown);
    };
    let are = format!("nobody has decided about {}", words::list(&said));
    Verdict::Fail(Fault {
        message: are,
        evidence: vec![
            Evidence::of_ledger("undecided", said.join(", ")),
            Evidence::of_ledger("due", due.to_string()),
        ],
        hurts_at: end_of(due),
        low_because: None,
    })
}

/// A review that was waved through.
pub(in crate::findings) static TOO_FAST: Check = Check {
    code: "RV07",
    name: "decided-too-fast",
    family: Family::Review,
    severity: Severity::Medium,
    title: "decided faster than a person can read, or mostly in bulk",
    rationale: "A signature under rows that nobody read proves nothing, and an auditor sees it in the times of the decisions.",
    remedy: "Open the rows again and decide about each of them, or say in a note why there was nothing to read.",
    command: "",
    needs: &[Need::Ledger],
    hides: &[],
    moot_when: &[],
    is_moving: false,
    judges: &[Judge::Account(too_fast)],
};

fn too_fast(facts: &Facts<'_>) -> Verdict {
    let Some(Recorded { open, last_signed, .. }) = facts.recorded else {
        return Verdict::NotApplicable;
    };
    let policy = &facts.policy.review;
    let mut is_begun = false;
    for review in open.iter().chain(last_signed) {
        let name = neutral(&review.name);
        let (single, limit) = (review.seconds.len(), policy.reading_seconds);
        let decided = single + review.bulk;
        is_begun |= decided > 0;
        let fast = review
            .seconds
            .iter()
            .filter(|seconds| **seconds < u64::from(limit))
            .count();
        if fast * 2 > single {
            let seconds = words::count(limit.into(), "second", "seconds");
            return Verdict::fail(
                format!("{fast} of {single} rows of {name} were decided one by one in less than {seconds} each"),
                vec![
                    Evidence::of_ledger("review", name),
                    Evidence::of_ledger("fast", format!("{fast} of {single}")),
                ],
            );
        }
        // Rows that may be kept together are kept first: the share is told when the others are decided, too.
        let is_complete = review.signed_at.is_some() || review.rows.is_some_and(|rows| rows.undecided == 0);
        if is_complete && review.bulk * 100 > decided * usize::from(policy.bulk_percent) {
            return Verdict::fail(
                format!(
                    "{} of {decided} rows of {name} were decided in bulk, more than {} in a hundred",
                    review.bulk, policy.bulk_percent
                ),
                vec![
                    Evidence::of_ledger("review", name),
                    Evidence::of_ledger("bulk", format!("{} of {decided}", review.bulk)),
                ],
            );
        }
    }
    if is_begun {
        Verdict::Pass
    } else {
        Verdict::NotApplicable
    }
}

fn not_at_hand(review: &ReviewRecord) -> String {
    format!("the population of {} is not at hand", neutral(&review.name))
}

/// Returns the end of a day.
fn end_of(day: NaiveDate) -> Option<Timestamp> {
    let next = day.checked_add_days(Days::new(1))?;
    Some(next.and_time(NaiveTime::MIN).and_utc())
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::world::{World, at},
        findings::{
            proof::check_recorded,
            recorded::{Recorded, ReviewRecord, Rows},
        },
    };

    const DAY: i64 = 24;

    fn review(name: &str, due: &str) -> ReviewRecord {
        ReviewRecord {
            name: name.to_owned(),
            due: due.parse().unwrap(),
            is_off_cycle: false,
            rows: Some(Rows { all: 40, undecided: 0 }),
            bulk: 0,
            seconds: Vec::new(),
            signed_at: None,
            read_at: None,
        }
    }

    fn open(review: ReviewRecord) -> Recorded {
        Recorded {
            open: vec![review],
            ..Recorded::default()
        }
    }

    fn signed(at_hour: i64, change: impl FnOnce(&mut ReviewRecord)) -> Recorded {
        let mut review = review("Q3", "2026-09-30");
        review.signed_at = Some(at(at_hour));
        review.read_at = Some(at(at_hour - 1));
        change(&mut review);
        Recorded {
            last_signed: Some(review),
            ..Recorded::default()
        }
    }

    #[track_caller]
    fn check(recorded: &Recorded, code: &str, expected: Option<&str>) {
        let expected = expected.map(|said| format!("111122223333: {said}"));
        check_recorded(World::new(), recorded, code, expected.as_deref().as_slice());
    }

    #[test]
    fn a_review_is_due_on_its_day_and_within_the_days_of_the_policy() {
        check(
            &Recorded::default(),
            "RV01",
            Some("fail: no review was ever signed off"),
        );
        // The worlds begin on 1 November 2026.
        check(&open(review("Q4", "2026-11-01")), "RV01", None);
        let late = "fail: review Q4 was due on 2026-10-31 and is not signed off";
        check(&open(review("Q4", "2026-10-31")), "RV01", Some(late));
        check(&signed(-92 * DAY, |_| {}), "RV01", None);
        let old = "fail: the last review, Q3, was signed off on 2026-07-31, more than 92 days ago";
        check(&signed(-92 * DAY - 1, |_| {}), "RV01", Some(old));
        let mut between = review("anna", "2026-11-20");
        between.is_off_cycle = true;
        check(&open(between), "RV01", Some("fail: no review was ever signed off"));
    }

    #[test]
    fn what_is_signed_was_read_shortly_before() {
        check(&signed(-1, |review| review.read_at = Some(at(-25))), "RV02", None);
        let stale =
            "fail: review Q3 was signed off 25 hours after the account had been read, and the policy allows 24 hours";
        check(
            &signed(-1, |review| review.read_at = Some(at(-26))),
            "RV02",
            Some(stale),
        );
        check(&signed(-1, |review| review.read_at = None), "RV02", Some("unknown"));
        check(&Recorded::default(), "RV02", None);
    }

    #[test]
    fn undecided_rows_of_an_open_review_are_counted() {
        let with = |rows| {
            let mut review = review("Q4", "2026-11-20");
            review.rows = rows;
            open(review)
        };
        let fails = "fail: nobody has decided about 12 of 40 rows of Q4";
        check(&with(Some(Rows { all: 40, undecided: 12 })), "RV03", Some(fails));
        check(&with(Some(Rows { all: 40, undecided: 0 })), "RV03", None);
        check(&with(None), "RV03", Some("unknown"));
        check(&Recorded::default(), "RV03", None);
    }

    #[test]
    fn rows_take_their_time_and_are_not_all_kept_together() {
        let with = |seconds: &[u64], bulk| {
            signed(-1, |review| {
                review.seconds = seconds.to_vec();
                review.bulk = bulk;
            })
        };
        check(&with(&[3, 2, 20, 1], 0), "RV07", None);
        let fast = "fail: 3 of 4 rows of Q3 were decided one by one in less than 3 seconds each";
        check(&with(&[3, 2, 2, 1], 0), "RV07", Some(fast));
        check(&with(&[10, 10], 8), "RV07", None);
        let bulk = "fail: 9 of 11 rows of Q3 were decided in bulk, more than 80 in a hundred";
        check(&with(&[10, 10], 9), "RV07", Some(bulk));
        check(&with(&[], 0), "RV07", None);
        let mut begun = review("Q4", "2026-11-20");
        begun.bulk = 9;
        begun.rows = Some(Rows { all: 40, undecided: 31 });
        check(&open(begun.clone()), "RV07", None);
        begun.rows = Some(Rows { all: 9, undecided: 0 });
        let all = "fail: 9 of 9 rows of Q4 were decided in bulk, more than 80 in a hundred";
        check(&open(begun), "RV07", Some(all));
    }
}
