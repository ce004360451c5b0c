//! Without a subcommand: the review desk.

use super::{Status, demo, keys};
use crate::{
    app::{keymap::Keymap, model::Setup},
    config::Config,
    failure::Failure,
    runtime::{self, Outside, Session, SessionFuture},
    store::Store,
    view::theme::{self, Theme},
};

/// Opens the desk and returns when it is left.
pub(super) fn run(config: Config) -> Result<Status, Failure> {
    let keymap = config
        .keys_file
        .as_deref()
        .map_or_else(|| Ok(Keymap::default()), keys::read)?;
    // The theme that was asked for comes first; the others follow in their own order.
    let mut names: Vec<&str> = theme::NAMES.to_vec();
    names.sort_by_key(|name| *name != config.theme.name());
    let themes = names
        .iter()
        .map(|name| theme(&config, name))
        .collect::<Result<Vec<Theme>, Failure>>()?;
    let setup = Setup {
        version: env!("CARGO_PKG_VERSION"),
        is_demo: config.demo.is_some(),
        profile: config.connection.profile.clone(),
        region: config.connection.region.clone(),
        endpoint: config.connection.endpoint_url.clone(),
        zone: config.time_zone,
        keymap,
        has_mouse: config.has_mouse,
        themes: names.iter().map(|name| (*name).to_owned()).collect(),
    };
    let store = Store::new(&config);
    let runtime = super::multi_threaded()?;
    let outside = Outside {
        session: session(config),
        store,
        themes,
    };
    let result = runtime.block_on(runtime::run(setup, outside));
    // A look-up of a name that hangs must not hold up the end.
    runtime.shutdown_background();
    result.map(|()| Status::Success)
}
