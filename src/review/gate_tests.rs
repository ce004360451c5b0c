//! Who may sign off, what is recommended, and why.

use super::{
    baseline::Baseline,
    found::{Found, Item, Judgement, Outcome},
    gate::{LedgerState, Refusal, SigningOff, co_sign, sign_off},
    population::{Population, Taken},
    recommend::{Grounds, Recommendation, Recommender},
    sample::{Book, population_of, row, taken, world},
};
use crate::{
    domain::{
        Timestamp,
        operation::Operation,
        roster::{Employment, Roster, RosterEntry},
        schedule::ResolveSchedules,
        world::{World, at, response_arn},
    },
    findings::{
        evaluate::evaluate, facts::Facts, judging::Judging, matching::Matches, policy::ReviewPolicy,
        severity::Severity, waiver::Waiver,
    },
    ledger::{
        entry::{Ending, ReviewScope, Verdict},
        hash::RecordHash,
        record::Actor,
    },
};
use std::{collections::BTreeMap, sync::Arc};

/// What somebody asks to sign.
struct Asked {
    book: Book,
    frozen: Population,
    fresh: Taken,
    explanations: BTreeMap<String, String>,
    ledger: LedgerState,
    name: &'static str,
    now: Timestamp,
}

/// A review of the usual world, in which every row is kept, and that was read again just now.
fn asked() -> Asked {
    let frozen = population_of(world());
    Asked {
        book: Book::new().open("Q4", &frozen).keep_all("Q4", &frozen),
        fresh: taken(world(), &ReviewScope::All),
        frozen,
        explanations: BTreeMap::new(),
        ledger: LedgerState::Whole(RecordHash::of(b"head")),
        name: "Olga Petrova",
        now: at(24),
    }
}

impl Asked {
    fn outcome(&self) -> Result<super::gate::Summary, Vec<Refusal>> {
        let reviews = self.book.reviews();
        sign_off(&SigningOff {
            reviews: &reviews,
            campaign: reviews.campaign("Q4").unwrap(),
            frozen: &self.frozen,
            fresh: &self.fresh,
            explanations: &self.explanations,
            ledger: &self.ledger,
            name: self.name,
            policy: &crate::findings::policy::Policy::default().review,
            now: self.now,
        })
    }

    #[track_caller]
    fn refused(&self, expected: &[Refusal]) {
        assert_eq!(self.outcome().unwrap_err(), expected);
    }
}

#[test]
fn a_review_in_which_everything_is_decided_and_known_can_be_signed() {
    let summary = asked().outcome().unwrap();
    assert_eq!(
        summary.lines,
        [
            "Complete: everything was read.",
            "Review Q4 of everything, opened on 2026-11-01, due on 2026-12-31.",
            "Rows: 6 in all: 2 people, 1 escalation plan, 1 schedule, 1 rotation, 1 response plan.",
            "Decisions: 6 keep; 0 of them in bulk.",
            "Findings: not recorded.",
        ]
    );
    let entry = summary.entry(None);
    assert_eq!(
        (entry.population, entry.name),
        (asked().frozen.digest, "Olga Petrova".to_owned())
    );
    assert_eq!(entry.head, RecordHash::of(b"head").to_string());
}

#[test]
fn exceptions_unknowns_and_what_is_not_done_stand_in_the_summary() {
    let unread = || world().denied(Operation::ListContactTags, "ben");
    let frozen = population_of(unread());
    let mut book = Book::new().open("Q4", &frozen).keep_all("Q4", &frozen);
    book = book.decide_with("Q4", row(&frozen, "anna"), Verdict::Fix, |decision| {
        decision.until = Some("2026-11-09".parse().unwrap());
    });
    book = book.decide("Q4", row(&frozen, "nights"), Verdict::Escalate);
    book = book.decide("Q4", row(&frozen, "database"), Verdict::Fix);
    book = book
        .plan(Some("Q4"), "c1", row(&frozen, "database"))
        .close("c1", Ending::Done);
    let why = "ListTagsForResource of ben: access denied, ssm-contacts:ListTagsForResource is missing";
    let gone = Population::new(
        taken(unread(), &ReviewScope::All)
            .population
            .rows
            .into_values()
            .filter(|row| row.subject != response_arn("outage")),
    );
    let asked = Asked {
        book,
        fresh: Taken {
            population: gone,
            ..taken(unread(), &ReviewScope::All)
        },
        frozen,
        explanations: [(why.to_owned(), "Nobody may read tags.".to_owned())].into(),
        ..asked()
    };
    let lines = asked.outcome().unwrap().lines;
    assert_eq!(lines[0], "INCOMPLETE: 1 thing could not be read.");
    assert_eq!(
        lines[3..],
        [
            "Decisions: 2 keep, 2 fix, 1 escalate; 0 of them in bulk.".to_owned(),
            "Exception: fix person anna, until 2026-11-09: because".to_owned(),
            "Exception: fix escalation plan database: because".to_owned(),
            "Exception: escalate schedule nights: because".to_owned(),
            "Carried out: database by changeset c1.".to_owned(),
            format!("Unknown: {why}. Explained: Nobody may read tags."),
            "Not done yet: fix anna, until 2026-11-09.".to_owned(),
            "Gone since the review was opened: response plan outage: keep, by olga on 2026-11-01.".to_owned(),
            "Findings: not recorded.".to_owned(),
        ]
    );
}

#[test]
fn what_went_undecided_is_told_with_what_was_decided_before() {
    let frozen = population_of(world());
    let row = row(&frozen, "anna");
    let earlier = Book::new().open("Q3", &frozen).keep_all("Q3", &frozen);
    let open = |book: Book| book.open("Q4", &frozen);
    for (book, expected) in [
        (open(Book::new()), "never decided"),
        (
            open(earlier.sign("Q3", &frozen)),
            "undecided; before that, in Q3: keep, by olga on 2026-11-01",
        ),
        (
            open(Book::new()).decide("Q4", row, Verdict::Remove),
            "remove (because), by olga on 2026-11-01",
        ),
    ] {
        let reviews = book.reviews();
        assert_eq!(
            reviews.last_words(&row.subject, reviews.campaign("Q4").unwrap()),
            expected
        );
    }
}

#[test]
fn what_still_fails_is_told_before_it_is_signed() {
    let item = |check: &str, result: Outcome, severity: &str| Item {
        check: check.to_owned(),
        result,
        severity: severity.to_owned(),
        subject: "s".to_owned(),
        kind: "person".to_owned(),
        name: "anna".to_owned(),
        person: None,
        message: "nobody is paged".to_owned(),
        facts: String::new(),
    };
    let lines = |findings: Vec<Item>| {
        let inventory = world().complete().inventory;
        let judgement = Judgement {
            at: at(0),
            asked: Vec::new(),
            not_asked: [("RV01".to_owned(), "no ledger was read".to_owned())].into(),
            findings,
        };
        let mut asked = asked();
        let rows = &asked.fresh.population;
        let found = Found::new(
            &inventory.scope(),
            &inventory,
            rows,
            judgement,
            ResolveSchedules::default(),
        );
        asked.fresh.found = Some(Arc::new(found.unwrap()));
        let lines = asked.outcome().unwrap().lines;
        let first = lines.iter().position(|line| line.starts_with("Findings: ")).unwrap();
        lines[first..].to_vec()
    };
    assert_eq!(
        lines(Vec::new()),
        ["Findings: 0 failing, 0 waived, 0 unknown, 1 checks not asked."]
    );
    let waived = Outcome::Waived("2026-12-31".parse().unwrap());
    assert_eq!(
        lines(vec![
            item("CH01", Outcome::Fail, "critical"),
            item("CH02", waived, "high"),
            item("CH03", Outcome::Unknown, "low"),
        ]),
        [
            "Findings: 1 failing (1 critical), 1 waived, 1 unknown, 1 checks not asked.",
            "Still failing: critical CH01 person anna: nobody is paged.",
        ]
    );
    let many = lines(vec![item("CH01", Outcome::Fail, "low"); 45]);
    assert_eq!(many.len(), 42);
    assert_eq!(many[41], "Still failing: 5 more, which the evidence lists.");
}

#[test]
fn nobody_signs_with_something_undecided_unknown_or_broken() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let frozen = population_of(world());
    asked().outcome().unwrap();
    let opened = || Book::new().open("Q4", &frozen);
    let rows = ["anna", "ben", "database", "nights", "weekly", "outage"];
    Asked {
        book: opened(),
        ..asked()
    }
    .refused(&[Refusal::Undecided(names(&rows))]);

    let changed = world().tagged("anna", &[("team", "web")]);
    let fresh = taken(changed, &ReviewScope::All);
    Asked {
        fresh: fresh.clone(),
        ..asked()
    }
    .refused(&[Refusal::Reopened(names(&["anna"]))]);
    let anna = row(&frozen, "anna");
    let done = asked()
        .book
        .decide("Q4", anna, Verdict::Fix)
        .plan(Some("Q4"), "c1", anna)
        .close("c1", Ending::Done);
    Asked {
        book: done,
        fresh,
        ..asked()
    }
    .refused(&[Refusal::CarriedOut(names(&["anna"]))]);
    let fresh = taken(world().person("zoe", &[], &[]), &ReviewScope::All);
    Asked { fresh, ..asked() }.refused(&[Refusal::Undecided(names(&["zoe"]))]);
    let silent = asked().book.decide_with("Q4", anna, Verdict::Waive, |decision| {
        decision.reason = Some(" ".to_owned());
    });
    Asked {
        book: silent,
        ..asked()
    }
    .refused(&[Refusal::NoReason(names(&["anna"]))]);
    let bulk = asked()
        .book
        .decide_with("Q4", anna, Verdict::Keep, |decision| decision.bulk = Some(1));
    Asked { book: bulk, ..asked() }.refused(&[Refusal::NoReason(names(&["anna"]))]);
}

#[test]
fn nobody_signs_with_an_unknown_that_nobody_explained() {
    let unread = || world().denied(Operation::ListContactTags, "ben");
    let frozen = population_of(unread());
    let why = "ListTagsForResource of ben: access denied, ssm-contacts:ListTagsForResource is missing";
    for explanation in [None, Some("  ")] {
        let explanations = explanation.map(|text| (why.to_owned(), text.to_owned()));
        Asked {
            book: Book::new().open("Q4", &frozen).keep_all("Q4", &frozen),
            fresh: taken(unread(), &ReviewScope::All),
            frozen: frozen.clone(),
            explanations: explanations.into_iter().collect(),
            ..asked()
        }
        .refused(&[Refusal::Unexplained(why.to_owned())]);
    }
}

#[test]
fn nobody_signs_under_a_broken_ledger_old_data_or_no_name() {
    let broken = LedgerState::Broken("line 7: its hash is wrong".to_owned());
    Asked {
        ledger: broken,
        ..asked()
    }
    .refused(&[Refusal::LedgerBroken("line 7: its hash is wrong".to_owned())]);
    Asked { name: " ", ..asked() }.refused(&[Refusal::NoName]);
    let read_at = asked().fresh.ended_at.unwrap();
    Asked {
        now: read_at + chrono::Duration::hours(24),
        ..asked()
    }
    .outcome()
    .unwrap();
    let late = read_at + chrono::Duration::minutes(24 * 60 + 1);
    Asked { now: late, ..asked() }.refused(&[Refusal::TooOld { hours: 24, limit: 24 }]);
    let reading = Taken {
        ended_at: None,
        ..asked().fresh
    };
    Asked {
        fresh: reading,
        ..asked()
    }
    .refused(&[Refusal::NotRead]);
    Asked {
        frozen: Population::new([]),
        ..asked()
    }
    .refused(&[Refusal::OtherPopulation]);
    let signed = asked().book.sign("Q4", &asked().frozen);
    Asked {
        book: signed,
        ..asked()
    }
    .refused(&[Refusal::AlreadySigned]);
    let mut unread = asked();
    unread.book.records.remove(0);
    unread.refused(&[Refusal::ReadingMissing]);
    let nothing = Population::new([]);
    Asked {
        book: Book::new().open("Q4", &nothing),
        fresh: Taken {
            population: nothing.clone(),
            ..asked().fresh
        },
        frozen: nothing,
        ..asked()
    }
    .refused(&[Refusal::NoRows]);
}

#[test]
fn every_refusal_is_a_sentence_with_a_remedy() {
    let rows = vec!["a".to_owned(), "b".to_owned(), "c".to_owned(), "d".to_owned()];
    for refusal in [
        Refusal::LedgerBroken("line 7: \u{1b}[2J".to_owned()),
        Refusal::AlreadySigned,
        Refusal::OtherPopulation,
        Refusal::ReadingMissing,
        Refusal::NotRead,
        Refusal::TooOld { hours: 30, limit: 24 },
        Refusal::NoRows,
        Refusal::Undecided(rows.clone()),
        Refusal::Reopened(rows.clone()),
        Refusal::CarriedOut(rows.clone()),
        Refusal::NoReason(rows),
        Refusal::Unexplained("GetContact of anna".to_owned()),
        Refusal::NoName,
        Refusal::NotSigned,
        Refusal::SameReviewer,
    ] {
        for text in [refusal.to_string(), refusal.remedy().to_owned()] {
            assert!(
                text.ends_with('.') && text.starts_with(|c: char| c.is_uppercase() || c == 'a'),
                "{text}"
            );
            assert!(!text.contains('\u{1b}') && text.lines().count() == 1, "{text}");
        }
    }
    let rows = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
    assert_eq!(
        Refusal::Undecided(rows).to_string(),
        "Nobody has decided about a, b, c and 1 more."
    );
}

#[test]
fn a_second_signature_is_somebody_elses_under_a_review_that_is_signed() {
    let frozen = population_of(world());
    let whole = LedgerState::Whole(RecordHash::of(b"next"));
    let actor = |session: &str| Actor {
        caller: format!("arn:aws:sts::111122223333:assumed-role/Reviewer/{session}"),
        user: "root".to_owned(),
        host: "desk".to_owned(),
    };
    let open = asked().book;
    let signed = open.clone().sign("Q4", &frozen);
    let outcome = |book: &Book, ledger: &LedgerState, name: &str, session: &str| {
        let reviews = book.reviews();
        co_sign(reviews.campaign("Q4").unwrap(), ledger, name, &actor(session))
    };
    let summary = outcome(&signed, &whole, "Mia", "mia").unwrap();
    assert!(summary.is_co_sign && summary.head == RecordHash::of(b"next"));
    let refused = |book: &Book, ledger: &LedgerState, name: &str, session: &str| {
        outcome(book, ledger, name, session).unwrap_err()
    };
    assert_eq!(refused(&open, &whole, "Mia", "mia"), [Refusal::NotSigned]);
    assert_eq!(
        refused(&signed, &whole, " olga petrova", "mia"),
        [Refusal::SameReviewer]
    );
    assert_eq!(refused(&signed, &whole, "Mia", "olga"), [Refusal::SameReviewer]);
    assert_eq!(refused(&signed, &whole, "", "mia"), [Refusal::NoName]);
    let broken = LedgerState::Broken("x".to_owned());
    assert_eq!(
        refused(&signed, &broken, "Mia", "mia"),
        [Refusal::LedgerBroken("x".to_owned())]
    );
}

/// What recommendations about anna rest on.
struct Given {
    world: World,
    /// The earlier review: what was signed, and what was decided about anna.
    earlier: Option<(World, Verdict)>,
    left: bool,
    is_waived: bool,
}

fn sound() -> World {
    World::new()
        .person("anna", &["phone=+447700900123", "mail"], &[("phone*2", 5), ("mail", 1)])
        .plan("lines", &[(5, &["!anna"])])
        .tagged("anna", &[("team", "ops")])
}

fn given() -> Given {
    Given {
        world: sound(),
        earlier: Some((sound(), Verdict::Keep)),
        left: false,
        is_waived: false,
    }
}

impl Given {
    fn recommendation(self) -> Recommendation {
        let mut world = self.world.complete();
        world.inventory.add_fingerprints(&crate::domain::sample::key());
        let mut judging = Judging::default();
        judging.policy.addresses.real_domains = vec!["example.com".to_owned()];
        judging.policy.addresses.real_numbers = vec!["+4477009001".to_owned()];
        let entry = RosterEntry {
            line: 2,
            name: "Anna".to_owned(),
            email: Some(crate::domain::address::Address::new("anna@example.com")),
            phone: None,
            team: None,
            status: if self.left {
                Employment::Left
            } else {
                Employment::Active
            },
            left_on: self.left.then(|| "2026-10-31".parse().unwrap()),
            manager: None,
        };
        let roster = Roster {
            entries: vec![entry],
            faults: Vec::new(),
        };
        judging.roster = Some(roster.clone());
        let graph = world.graph();
        let judge = |judging: &Judging| evaluate(&Facts::new(&world.inventory, &graph, judging, at(0)));
        let mut findings = judge(&judging);
        if self.is_waived {
            let waivers = findings
                .items
                .iter()
                .filter(|finding| finding.subject.alias == "anna")
                .map(|finding| Waiver {
                    code: finding.check.code.to_owned(),
                    subject: finding.subject.id.clone(),
                    owner: "Olga".to_owned(),
                    reason: "soon".to_owned(),
                    expires: "2026-12-01".parse().unwrap(),
                    facts: finding.facts(),
                    place: "waivers.toml:1".to_owned(),
                });
            judging.waivers = waivers.collect();
            findings = judge(&judging);
        }
        let matches = Matches::new(&world.inventory, &roster);
        let (mut book, mut signed) = (Book::new(), Population::new([]));
        if let Some((earlier, verdict)) = self.earlier {
            signed = population_of(earlier);
            book = book
                .open("Q3", &signed)
                .decide("Q3", row(&signed, "anna"), verdict)
                .sign("Q3", &signed);
        }
        let reviews = book.reviews();
        let baseline = Baseline::before(&reviews, None, |digest| (digest == signed.digest).then_some(&signed));
        let population = super::population::take(&world.inventory, &graph, &ReviewScope::All).population;
        let recommender = Recommender::new(Grounds {
            findings: &findings,
            baseline: &baseline,
            reviews: &reviews,
            in_hand: None,
            roster: Some((&roster, &matches)),
            today: at(0).date_naive(),
        });
        recommender.of(row(&population, "anna"))
    }

    #[track_caller]
    fn check(self, verdict: Verdict, is_bulk_able: bool, first_reason: &str) {
        let found = self.recommendation();
        assert_eq!(
            (found.verdict, found.is_bulk_able),
            (verdict, is_bulk_able),
            "{found:?}"
        );
        assert!(found.reasons[0].starts_with(first_reason), "{found:?}");
    }
}

#[test]
fn what_is_as_it_was_and_without_a_finding_is_kept_and_may_be_kept_in_bulk() {
    given().check(Verdict::Keep, true, "keep was decided in Q3");
    let reasons = given().recommendation().reasons;
    assert_eq!(
        reasons,
        ["keep was decided in Q3", "nothing changed since it was signed"]
    );
}

#[test]
fn what_is_new_changed_or_was_not_simply_kept_has_to_be_opened() {
    Given {
        earlier: None,
        ..given()
    }
    .check(Verdict::Keep, false, "nobody has signed it before");
    let changed = || sound().tagged("anna", &[("team", "web")]);
    let given_changed = Given {
        world: changed(),
        ..given()
    };
    let reasons = given_changed.recommendation().reasons;
    assert_eq!(
        reasons,
        ["keep was decided in Q3", "1 field changed since it was signed"]
    );
    Given {
        world: changed(),
        ..given()
    }
    .check(Verdict::Keep, false, "keep was decided in Q3");
    let earlier = |verdict| Given {
        earlier: Some((sound(), verdict)),
        ..given()
    };
    earlier(Verdict::Waive).check(Verdict::Keep, false, "waive was decided in Q3");
    earlier(Verdict::Escalate).check(Verdict::Escalate, false, "it was escalated in Q3");
    earlier(Verdict::Fix).check(Verdict::Fix, false, "fix was decided in Q3, and is not done");
    earlier(Verdict::Remove).check(Verdict::Remove, false, "remove was decided in Q3, and is not done");
}

#[test]
fn findings_decide_what_is_recommended_and_who_left_is_removed() {
    let broken = || {
        World::new()
            .person("anna", &["-mail"], &[("mail", 1)])
            .plan("lines", &[(5, &["!anna"])])
    };
    let with = |is_waived| Given {
        world: broken(),
        earlier: Some((broken(), Verdict::Keep)),
        is_waived,
        ..given()
    };
    with(false).check(Verdict::Fix, false, "CH02 critical: ");
    assert_eq!(with(false).recommendation().worst.map(Severity::word), Some("critical"));
    with(true).check(Verdict::Waive, false, "keep was decided in Q3");
    Given { left: true, ..given() }.check(Verdict::Remove, false, "Anna left the company on 2026-10-31");
    let unread = || sound().denied(Operation::ListContactTags, "anna");
    let unknown = Given {
        world: unread(),
        earlier: Some((unread(), Verdict::Keep)),
        ..given()
    };
    unknown.check(Verdict::Escalate, false, "keep was decided in Q3");
}

#[test]
fn a_policy_says_how_fresh_a_population_has_to_be() {
    let policy = ReviewPolicy {
        freshness_hours: 1,
        ..crate::findings::policy::Policy::default().review
    };
    let asked = asked();
    let reviews = asked.book.reviews();
    let outcome = sign_off(&SigningOff {
        reviews: &reviews,
        campaign: reviews.campaign("Q4").unwrap(),
        frozen: &asked.frozen,
        fresh: &asked.fresh,
        explanations: &asked.explanations,
        ledger: &asked.ledger,
        name: asked.name,
        policy: &policy,
        now: at(2),
    });
    assert_eq!(outcome.unwrap_err(), [Refusal::TooOld { hours: 2, limit: 1 }]);
}
