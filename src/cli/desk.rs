//! Without a subcommand: the review desk.

use super::{Status, demo, judging, keys};
use crate::{
    app::{keymap::Keymap, model::Setup},
    config::Config,
    failure::{Failure, FailureKind},
    findings::registry,
    runtime::{self, EndSignal, Ending, Outside, terminal},
    store::Store,
    view::theme::{self, Theme},
};
use std::sync::Arc;

/// Opens the desk and returns when it is left.
pub(super) fn run(config: Config) -> Result<Status, Failure> {
    if let Some(reason) = config.no_screen {
        let what = "The desk needs a terminal that can be drawn on, and this is none.";
        let failure = Failure::new(FailureKind::Usage, what).because(reason);
        return Err(failure.hint(terminal::NO_SCREEN_HINT));
    }
    let keymap = config
        .keys_file
        .as_deref()
        .map_or_else(|| Ok(Keymap::default()), keys::read)?;
    let judging = judging::read(&config, &registry::codes())?;
    let config = judging::with_horizon(config, &judging);
    // The theme that was asked for comes first; the others follow in their own order.
    let mut names = theme::NAMES.to_vec();
    names.sort_by_key(|name| *name != config.theme.name());
    let themes = names
        .iter()
        .map(|name| load_theme(&config, name))
        .collect::<Result<Vec<Theme>, Failure>>()?;
    let policy = judging::policy_text(&config)?;
    let signing = config.signing.clone();
    let setup = Setup {
        policy,
        version: env!("CARGO_PKG_VERSION"),
        is_demo: config.demo.is_some(),
        profile: config.connection.profile.clone(),
        region: config.connection.region.clone(),
        endpoint: config.connection.endpoint_url.clone(),
        zone: config.time_zone,
        judging: Arc::new(judging),
        managed_by_code: config.managed_by_code.clone(),
        quarantine_days: config.quarantine_days,
        keymap,
        has_mouse: config.has_mouse,
        themes: names.iter().map(|name| (*name).to_owned()).collect(),
    };
    let store = Store::new(&config);
    let runtime = super::multi_threaded()?;
    let outside = Outside {
        session: demo::session(config),
        store,
        signing,
        themes,
    };
    let result = runtime.block_on(runtime::run(setup, outside));
    // A look-up of a host name that hangs must not hold up the end.
    runtime.shutdown_background();
    result.map(|ending| match ending {
        Ending::Left => Status::Success,
        Ending::Told(EndSignal::Interrupt) => Status::Stopped,
        Ending::Told(EndSignal::HangUp) => Status::HungUp,
        Ending::Told(EndSignal::Terminate) => Status::Terminated,
    })
}

fn load_theme(config: &Config, name: &str) -> Result<Theme, Failure> {
    let depth = config.color_depth;
    // One colour at a time, so that the message can name the line of the wrong one.
    for (role, setting) in &config.colors {
        let alone = [(role.clone(), setting.color.clone())].into();
        Theme::load(name, &alone, depth).map_err(|error| {
            let file = config
                .source
                .as_deref()
                .unwrap_or(std::path::Path::new("the configuration file"));
            Failure::new(
                FailureKind::Configuration,
                format!("{} is wrong in line {}.", file.display(), setting.line),
            )
            .because(error.to_string())
            .hint("correct the line under [colors], or take it out")
        })?;
    }
    let looks = config
        .colors
        .iter()
        .map(|(role, setting)| (role.clone(), setting.color.clone()))
        .collect();
    Theme::load(name, &looks, depth).map_err(|error| {
        Failure::new(FailureKind::Bug, format!("The theme {name} cannot be used.")).because(error.to_string())
    })
}
