//! The state of the desk. Facts are replaced as they arrive; everything else on the screen is derived from them.

use super::{
    changeset::{self, Changing},
    detail::{self, Detail},
    effect::{Effect, Ticket},
    facts::Facts,
    judged::Judged,
    keymap::Keymap,
    layout::{self, Layout, Size},
    ledger::DeskLedger,
    list::List,
    overlay::Overlay,
    page::{self, Page, PagePlace},
    removal::{Removing, proving::Proving},
    reveal::Reveal,
    review::{self, DeskReview},
    screens::{self, ScreenId},
    since::DeskSince,
    what_if::{Supposition, WhatIfPlace},
};
use crate::{
    domain::{
        Timestamp,
        call::Call,
        graph::Graph,
        ids::{Arn, Scope},
        inventory::{Inventory, Snapshot},
        load::{Connected, Progress},
        operation::RateClass,
        phone::Arrival,
    },
    failure::Failure,
    findings::{evaluate::Findings, judging::Judging, recorded::Recorded, waiver::Waiver},
    paging::{telling::Names, worst::WorstTime},
};
use chrono::Duration;
use chrono_tz::Tz;
use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};
use tui_input::Input;
use wildmatch::WildMatch;

/// What the desk is told when it starts.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The version of the program.
    pub version: &'static str,
    /// Whether the account is the embedded one.
    pub is_demo: bool,
    /// The profile that was asked for, if one was.
    pub profile: Option<String>,
    /// The Region that was asked for, if one was.
    pub region: Option<String>,
    /// The endpoint that was asked for, if one was.
    pub endpoint: Option<String>,
    /// The zone of the operator.
    pub zone: Tz,
    /// What the account is judged by.
    pub judging: Arc<Judging>,
    /// The policy in force, as it is written in a file.
    pub policy: String,
    /// The patterns of names that the settings count as managed by code.
    pub managed_by_code: Vec<String>,
    /// For how many days people are kept in quarantine.
    pub quarantine_days: u16,
    /// What the keys do.
    pub keymap: Keymap,
    /// Whether the mouse is taken from the terminal.
    pub has_mouse: bool,
    /// The names of the themes, the one in use first.
    pub themes: Vec<String>,
}

impl Setup {
    /// Returns whether the settings count a name as managed by code.
    pub fn is_by_code(&self, name: &str) -> bool {
        let mut patterns = self.managed_by_code.iter();
        patterns.any(|pattern| WildMatch::new(pattern).matches(name))
    }
}

/// The state of the desk.
#[derive(Debug)]
pub struct Model {
    /// What the desk was told when it started.
    pub setup: Setup,
    /// The size of the terminal.
    pub size: Size,
    /// The time of the last message.
    pub now: Timestamp,
    /// What the usual AWS settings came to, once that is known.
    pub connected: Option<Connected>,
    /// Why the account could not be read at all, the last time.
    pub failure: Option<Failure>,
    /// What is being read.
    pub load: Option<Load>,
    /// The inventory as it is read now.
    pub fresh: Inventory,
    /// The inventory of an earlier load, shown where fresh answers are still to come.
    pub earlier: Option<Snapshot>,
    /// What is shown, and who names whom in it.
    pub shown: Shown,
    /// What the checks said of what is shown, or of what was shown a moment ago.
    pub judged: Judged,
    /// The question to the checks that is not answered yet.
    pub awaited_judgement: Option<Ticket>,
    /// The screen.
    pub screen: ScreenId,
    /// The page that is simulated, which takes the place of the screen.
    pub page: Option<Page>,
    /// What is supposed, which takes the place of the screen likewise; never both.
    pub what_if: Option<Supposition>,
    /// Whether this session may change anything.
    pub mode: Mode,
    /// What it was armed for, while it is armed.
    pub armed_for: Option<Scope>,
    /// Which pane has the keys.
    pub focus: Focus,
    /// The list of each screen.
    pub lists: BTreeMap<ScreenId, List>,
    /// The detail of the selected row.
    pub detail: Detail,
    /// The filter that is being typed.
    pub filter_input: Option<Input>,
    /// What lies over the screen; the last one has the keys.
    pub overlays: Vec<Overlay>,
    /// The changeset that lies over the screen.
    pub changing: Option<Changing>,
    /// What lies over the screen until it becomes a changeset that takes people out or puts them back.
    pub removing: Option<Removing>,
    /// The proof that is being read that nothing names people any more.
    pub proving: Option<Proving>,
    /// The whole address that is shown, or is about to be.
    pub reveal: Option<Reveal>,
    /// Where the operator has been, and how far back they have gone.
    pub history: History,
    /// What was said.
    pub notices: VecDeque<Notice>,
    /// The requests that were made, oldest first.
    pub calls: VecDeque<Call>,
    /// How many requests were made, including those that the log has forgotten.
    pub call_count: usize,
    /// The ledger of the account.
    pub ledger: DeskLedger,
    /// The review that is being held.
    pub review: DeskReview,
    /// What has changed since the last sign-off.
    pub since: DeskSince,
    /// What arrived on the devices of the demo account.
    pub arrivals: Vec<Arrival>,
    /// The question about arrivals that is not answered yet.
    pub awaited_arrivals: Option<Ticket>,
    /// The question about the snapshot that is not answered yet.
    pub awaited_snapshot: Option<Ticket>,
    /// The zone that times are shown in.
    pub zone: Tz,
    /// Which of the themes is in use.
    pub theme: usize,
    last_ticket: u64,
    /// Whether something changed since the checks were asked.
    is_unjudged: bool,
    /// Whether something changed that rows are computed from.
    is_outdated: bool,
    /// When that was done last.
    refreshed_at: Option<Timestamp>,
}

/// A load that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// Its number.
    pub ticket: Ticket,
    /// Whether it reads one row only.
    pub subject: Option<Arn>,
    /// How far it has come.
    pub progress: Progress,
    /// Whether it goes on where an earlier one was stopped.
    pub is_rest: bool,
    /// The classes that the service has slowed down, with their rates in thousandths of a request per second.
    pub slowed: BTreeMap<RateClass, u32>,
    /// Whether the operator has stopped it.
    pub is_stopping: bool,
}

/// What is shown, and what follows from it.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// The inventory, with old rows where fresh ones are still to come.
    pub inventory: Arc<Inventory>,
    /// Who names whom in it.
    pub graph: Arc<Graph>,
}

/// Whether a session may change anything in the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// It reads only.
    #[default]
    ReadOnly,
    /// The operator has armed it; each change is still shown and agreed to before.
    Armed,
}

/// Which pane has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Focus {
    /// The list.
    #[default]
    List,
    /// The detail.
    Detail,
}

/// Where the operator has been.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Places, oldest first.
    back: Vec<Place>,
    /// Places that were gone back from, the nearest last.
    forward: Vec<Place>,
}

/// A place that can be gone back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The screen.
    pub screen: ScreenId,
    /// The selected row.
    pub selected: Option<Arn>,
    /// Which pane had the keys.
    pub focus: Focus,
    /// The page that was simulated there.
    pub page: Option<PagePlace>,
    /// What was supposed there.
    pub what_if: Option<WhatIfPlace>,
}

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: String,
    /// Whether it stays until it is read.
    pub is_error: bool,
    /// Whether it is off the screen.
    pub is_read: bool,
}

/// How many requests the call log keeps: those of a load of a full account, twice.
pub const CALLS_KEPT: usize = 10_000;

/// How many notices are kept.
const NOTICES_KEPT: usize = 500;

/// How many places the history keeps.
const PLACES_KEPT: usize = 100;

/// How long a notice that is no error stays.
const NOTICE_SECONDS: i64 = 4;

/// How often the checks are asked while rows arrive.
const JUDGING_SECONDS: i64 = 1;

/// How long answers are gathered for each thousand contacts that are known, before rows are computed anew: several times as
/// long as that takes.
const GATHERING_MILLISECONDS: i64 = 60;

/// How often the demo looks for arrivals while they are on the screen.
const ARRIVALS_SECONDS: i64 = 1;

impl Model {
    /// Returns the desk before anything has happened.
    pub fn new(setup: Setup, size: Size, now: Timestamp) -> Self {
        let fresh = Inventory::empty(setup.region.clone().unwrap_or_default(), setup.endpoint.clone());
        let mut model = Self {
            size,
            now,
            connected: None,
            failure: None,
            load: None,
            shown: Shown {
                inventory: Arc::new(fresh.clone()),
                graph: Arc::default(),
            },
            judged: Judged::default(),
            awaited_judgement: None,
            fresh,
            earlier: None,
            screen: ScreenId::Queue,
            page: None,
            what_if: None,
            mode: Mode::default(),
            armed_for: None,
            focus: Focus::List,
            lists: ScreenId::ALL.iter().map(|screen| (*screen, List::default())).collect(),
            detail: Detail::default(),
            filter_input: None,
            overlays: Vec::new(),
            changing: None,
            removing: None,
            proving: None,
            reveal: None,
            history: History::default(),
            notices: VecDeque::new(),
            calls: VecDeque::new(),
            call_count: 0,
            ledger: DeskLedger::default(),
            review: DeskReview::default(),
            since: DeskSince::default(),
            arrivals: Vec::new(),
            awaited_arrivals: None,
            awaited_snapshot: None,
            zone: setup.zone,
            theme: 0,
            last_ticket: 0,
            is_unjudged: false,
            is_outdated: true,
            refreshed_at: None,
            setup,
        };
        model.refresh();
        model
    }

    /// Returns the number for a new question.
    pub fn next_ticket(&mut self) -> Ticket {
        self.last_ticket += 1;
        Ticket(self.last_ticket)
    }

    /// Returns what rows and details are computed from.
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            inventory: &self.shown.inventory,
            graph: &self.shown.graph,
            judged: &self.judged,
            keymap: &self.setup.keymap,
            ledger: &self.ledger,
            review: &self.review,
            arrivals: &self.arrivals,
            now: self.now,
            zone: self.zone,
        }
    }

    /// Returns the list of the screen that is shown.
    pub fn list(&self) -> Option<&List> {
        self.lists.get(&self.screen)
    }

    /// Changes the list of the screen that is shown, and follows the selection.
    pub fn change_list(&mut self, change: impl FnOnce(&mut List)) {
        let height = self.layout().list.height;
        let before = self.selected_id().cloned();
        if let Some(list) = self.lists.get_mut(&self.screen) {
            change(list);
            list.scroll_into_view(usize::from(height));
        }
        if self.selected_id() != before.as_ref() {
            self.detail = Detail::default();
            self.rebuild_detail();
        }
    }

    /// Returns what is selected on the screen that is shown.
    pub fn selected_id(&self) -> Option<&Arn> {
        self.list().and_then(List::selected).map(|row| &row.id)
    }

    /// Returns where everything is.
    pub fn layout(&self) -> Layout {
        layout::layout(self.size, self.focus == Focus::Detail, self.message_height())
    }

    /// Returns the notice that is on the screen.
    pub fn notice(&self) -> Option<&Notice> {
        self.notices.iter().rev().find(|notice| !notice.is_read)
    }

    /// Says something that goes away by itself.
    pub fn say(&mut self, text: impl Into<String>) {
        self.add_notice(text.into(), false);
    }

    /// Says something that stays until it is read.
    pub fn complain(&mut self, failure: &Failure) {
        let mut text = failure.what().to_owned();
        for reason in failure.why() {
            text.push_str(" · ");
            text.push_str(reason);
        }
        if let Some(hint) = failure.next_action() {
            text.push_str(" → ");
            text.push_str(hint);
        }
        self.add_notice(text, true);
    }

    /// Takes the notice off the screen; false when there is none.
    pub fn dismiss(&mut self) -> bool {
        let notice = self.notices.iter_mut().rev().find(|notice| !notice.is_read);
        let is_there = notice.is_some();
        if let Some(notice) = notice {
            notice.is_read = true;
        }
        is_there
    }

    /// Remembers that rows must be computed anew.
    pub fn outdate(&mut self) {
        self.is_outdated = true;
    }

    /// Computes anew what follows from the facts, when they have changed: the one place where that happens.
    ///
    /// It looks at the whole account. While a large one is read, answers are gathered for a moment first, or keys would wait
    /// behind one computation after the other.
    pub fn refresh(&mut self) {
        if !self.is_outdated || self.gathers_until().is_some() {
            return;
        }
        self.is_outdated = false;
        self.refreshed_at = Some(self.now);
        let inventory = match &self.earlier {
            Some(earlier) => self.fresh.over(&earlier.inventory),
            None => self.fresh.clone(),
        };
        let graph = Arc::new(Graph::build(&inventory));
        self.is_unjudged = true;
        self.shown = Shown {
            inventory: Arc::new(inventory),
            graph,
        };
        if let Some(page) = &mut self.page {
            page.is_worst_asked = false;
        }
        if let Some(supposition) = &mut self.what_if {
            supposition.suppose(&self.shown);
        }
        self.refresh_rows();
    }

    /// Returns until when the answers of the load that is under way are gathered; absent where nothing has to be computed, or
    /// at once.
    fn gathers_until(&self) -> Option<Timestamp> {
        let began = self.refreshed_at.filter(|_| self.is_outdated && self.load.is_some())?;
        let thousands = i32::try_from(self.fresh.contacts.items.len() / 1_000).unwrap_or(i32::MAX);
        let end = began + Duration::milliseconds(GATHERING_MILLISECONDS) * thousands;
        // A clock that was set back must not keep rows from the screen.
        (began..end).contains(&self.now).then_some(end)
    }

    /// Asks the checks when something has changed since they were asked: one question at a time, and once a second while
    /// rows arrive, since every check looks at everything.
    pub fn ask_checks(&mut self) -> Option<Effect> {
        let is_soon = |findings: &Findings| self.now < findings.at + Duration::seconds(JUDGING_SECONDS);
        let is_early = self.load.is_some() && self.judged.findings.as_ref().is_some_and(is_soon);
        if !self.is_unjudged
            || self.awaited_judgement.is_some()
            || is_early
            || self.shown.inventory.is_bare() && self.load.is_some()
        {
            return None;
        }
        self.is_unjudged = false;
        let ticket = self.next_ticket();
        self.awaited_judgement = Some(ticket);
        Some(Effect::Judge {
            ticket,
            inventory: Arc::clone(&self.shown.inventory),
            graph: Arc::clone(&self.shown.graph),
            judging: Arc::clone(&self.setup.judging),
            now: self.now,
        })
    }

    /// Takes in what the ledger remembers, as far as checks look at it.
    pub fn take_recorded(&mut self, recorded: Recorded) {
        let recorded = Some(Arc::new(recorded));
        if self.setup.judging.recorded != recorded {
            Arc::make_mut(&mut self.setup.judging).recorded = recorded;
            self.is_unjudged = true;
        }
    }

    /// Takes in a waiver that has been written.
    pub fn add_waiver(&mut self, waiver: Waiver) {
        Arc::make_mut(&mut self.setup.judging).waivers.push(waiver);
        self.is_unjudged = true;
    }

    /// Asks for the worst time to start the page that is simulated, when it is not known for what is shown.
    pub fn ask_worst(&mut self) -> Option<Effect> {
        let inventory = Arc::clone(&self.shown.inventory);
        let graph = Arc::clone(&self.shown.graph);
        let window = page::window(&inventory, self.now)?;
        let is_open = |page: &&Page| !page.is_worst_asked && page.awaited_worst.is_none();
        let question = &self.page.as_ref().filter(is_open)?.question;
        let (start, resolve_schedules) = (question.start.clone(), question.resolve_schedules);
        let ticket = self.next_ticket();
        let page = self.page.as_mut()?;
        page.is_worst_asked = true;
        page.awaited_worst = Some(ticket);
        Some(Effect::FindWorst {
            ticket,
            inventory,
            graph,
            start,
            window,
            resolve_schedules,
        })
    }

    /// Takes in what the starts of a page come to, if it is the page that is simulated now.
    pub fn take_worst(&mut self, ticket: Ticket, worst: Option<WorstTime>) {
        if let Some(page) = self.page.as_mut().filter(|page| page.awaited_worst == Some(ticket)) {
            page.awaited_worst = None;
            page.worst = worst;
        }
    }

    /// Takes in what the checks said.
    pub fn take_judgement(&mut self, findings: Findings) {
        self.awaited_judgement = None;
        self.judged = Judged::new(findings);
        review::rebuild(self);
        self.refresh_rows();
    }

    /// Remembers that the checks have to be asked again when somebody has come on or gone off call since.
    pub fn look_at_clock(&mut self) {
        let Some(findings) = &self.judged.findings else { return };
        let asked_at = findings.at;
        self.is_unjudged |= self.next_hand_over_after(asked_at).is_some_and(|at| at <= self.now);
    }

    /// Computes the rows of the screen that is shown.
    pub fn refresh_rows(&mut self) {
        let rows = screens::rows(self.screen, &self.facts());
        let columns = self.screen.columns();
        let height = usize::from(self.layout().list.height);
        if let Some(list) = self.lists.get_mut(&self.screen) {
            list.set_rows(rows, columns);
            list.scroll_into_view(height);
        }
        self.rebuild_detail();
        self.rebuild_page();
        self.rebuild_what_if();
        super::menus::refresh(self);
    }

    /// Keeps the selected row and line in sight, for which a notice leaves one row less.
    pub fn keep_in_sight(&mut self) {
        let layout = self.layout();
        if let Some(list) = self.lists.get_mut(&self.screen) {
            list.scroll_into_view(usize::from(layout.list.height));
        }
        self.detail.move_by(0, usize::from(layout.detail.height));
    }

    /// Goes to a place without leaving a trace in the history.
    fn go_to(&mut self, place: &Place) {
        self.screen = place.screen;
        self.page = None;
        self.what_if = None;
        self.focus = Focus::List;
        self.filter_input = None;
        self.refresh();
        self.page = place.page.clone().map(|place| Page::new(place, self.names()));
        let supposed = place.what_if.clone();
        self.what_if = supposed.map(|place| Supposition::new(place, &self.shown));
        self.refresh_rows();
        if let Some(id) = &place.selected {
            let columns = self.screen.columns();
            self.change_list(|list| {
                // A filter that hides the row would make the jump look like a mistake.
                if !list.select_id(id) {
                    list.set_filter("", columns);
                    list.select_id(id);
                }
            });
        }
        self.focus = place.focus;
        let height = usize::from(self.layout().list.height);
        if let Some(list) = self.lists.get_mut(&self.screen) {
            list.scroll_into_view(height);
        }
        self.rebuild_detail();
    }

    /// Goes to a place, so that the present one can be gone back to.
    pub fn visit(&mut self, place: &Place) {
        let here = self.place();
        if here != *place {
            self.history.leave(here);
            self.go_to(place);
        }
    }

    /// Goes back (or forward) to where the operator has been; false when there is nowhere to go.
    pub fn travel(&mut self, is_back: bool) -> bool {
        let here = self.place();
        let Some(place) = self.history.travel(here, is_back) else {
            return false;
        };
        self.go_to(&place);
        true
    }

    /// Returns the present place.
    pub fn place(&self) -> Place {
        Place {
            screen: self.screen,
            selected: self.selected_id().cloned(),
            focus: self.focus,
            page: self.page.as_ref().map(Page::place),
            what_if: self.what_if.as_ref().map(|supposition| supposition.place.clone()),
        }
    }

    /// Returns the screens that this desk has.
    pub fn screens(&self) -> impl Iterator<Item = ScreenId> {
        let is_demo = self.setup.is_demo;
        ScreenId::ALL
            .iter()
            .copied()
            .filter(move |screen| is_demo || *screen != ScreenId::Phone)
    }

    /// Returns when the model wants a `Tick`: nothing on the screen moves before that.
    pub fn deadline(&self) -> Option<Timestamp> {
        let notice = self
            .notice()
            .filter(|notice| !notice.is_error)
            .map(|notice| notice.at + Duration::seconds(NOTICE_SECONDS));
        let arrivals = self
            .shows_arrivals()
            .then(|| self.now + Duration::seconds(ARRIVALS_SECONDS));
        // Progress is drawn with every report of the load; a second's tick keeps its clock going between reports.
        let load = self.load.as_ref().map(|_| self.now + Duration::seconds(1));
        let credentials = self
            .connected
            .as_ref()
            .and_then(|connected| connected.credentials_end_at)
            .filter(|end| *end > self.now);
        let reveal = self.reveal.as_ref().and_then(|reveal| reveal.until);
        let hand_over = self.next_hand_over_after(self.now);
        let gathered = self.gathers_until();
        [notice, reveal, arrivals, load, credentials, hand_over, gathered]
            .into_iter()
            .flatten()
            .min()
    }

    /// Returns whether what arrives on the devices of the demo account is on the screen.
    pub fn shows_arrivals(&self) -> bool {
        self.screen == ScreenId::Phone || self.setup.is_demo && changeset::has_code_field(self)
    }

    /// Puts something over the screen, but not over the field for a code: what is typed there goes nowhere else.
    pub fn put_under_code(&mut self, overlay: Overlay) {
        let is_code = |overlay: &Overlay| matches!(overlay, Overlay::Code(_));
        let place = self.overlays.iter().position(is_code).unwrap_or(self.overlays.len());
        self.overlays.insert(place, overlay);
    }

    /// Takes notices off the screen whose time has passed.
    pub fn expire_notices(&mut self) {
        for notice in self.notices.iter_mut().filter(|notice| !notice.is_error) {
            notice.is_read |= notice.at + Duration::seconds(NOTICE_SECONDS) <= self.now;
        }
    }

    /// Returns whether a filter is shown: one is typed, or narrows the list that is shown.
    pub fn has_filter(&self) -> bool {
        let is_narrowed = || self.list().is_some_and(|list| !list.filter_text().is_empty());
        self.filter_input.is_some() || !self.is_on_page() && is_narrowed()
    }

    /// Returns whether a line says how far the review has come.
    pub fn has_progress(&self) -> bool {
        self.screen == ScreenId::Review && !self.is_on_page() && self.review.progress.is_some()
    }

    /// Returns the lines that the filter, a notice and the progress of the review take.
    fn message_height(&self) -> u16 {
        u16::from(self.has_filter()) + u16::from(self.notice().is_some()) + u16::from(self.has_progress())
    }

    /// Walks the page that is simulated anew.
    pub fn rebuild_page(&mut self) {
        let names = Names {
            inventory: &self.shown.inventory,
            graph: &self.shown.graph,
        };
        if let Some(page) = &mut self.page {
            page.walk(names);
        }
    }

    /// Returns the names of what is shown.
    pub fn names(&self) -> Names<'_> {
        Names {
            inventory: &self.shown.inventory,
            graph: &self.shown.graph,
        }
    }

    fn rebuild_detail(&mut self) {
        let layout = self.layout();
        let width = layout.detail.width;
        let lines = match self.selected_id() {
            Some(id) if self.screen == ScreenId::Review => detail::build_review(&self.facts(), id, width),
            Some(id) => detail::build(&self.facts(), id, width),
            None => Vec::new(),
        };
        self.detail.set_lines(lines, usize::from(layout.detail.height));
    }

    /// Returns when somebody comes on or goes off call next: what "now" means on the screen changes then.
    fn next_hand_over_after(&self, time: Timestamp) -> Option<Timestamp> {
        let rotations = self.shown.inventory.rotations.items.values();
        let shifts = rotations.filter_map(|rotation| rotation.shifts.known()).flatten();
        shifts
            .flat_map(|shift| [shift.start_at, shift.end_at])
            .filter(|at| *at > time)
            .min()
    }

    fn add_notice(&mut self, text: String, is_error: bool) {
        if self.notices.len() >= NOTICES_KEPT {
            self.notices.pop_front();
        }
        self.notices.push_back(Notice {
            at: self.now,
            text,
            is_error,
            is_read: false,
        });
    }
}

impl History {
    fn leave(&mut self, place: Place) {
        if self.back.len() >= PLACES_KEPT {
            self.back.remove(0);
        }
        self.back.push(place);
        self.forward.clear();
    }

    fn travel(&mut self, here: Place, is_back: bool) -> Option<Place> {
        let (from, to) = if is_back {
            (&mut self.back, &mut self.forward)
        } else {
            (&mut self.forward, &mut self.back)
        };
        let place = from.pop()?;
        to.push(here);
        Some(place)
    }

    /// Returns whether there is a place to go back to.
    pub fn has_back(&self) -> bool {
        !self.back.is_empty()
    }

    /// Returns whether there is a place to go forward to.
    pub fn has_forward(&self) -> bool {
        !self.forward.is_empty()
    }
}
