//! Which key does what: the defaults of the command list, and the operator's own on top.

use super::{
    command::{COMMANDS, Command, CommandId, KeyPlace},
    key::Key,
};
use crate::domain::text::excerpt;
use std::collections::BTreeMap;

/// Which key does what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    keys: BTreeMap<(Layer, Key), CommandId>,
}

/// The keys of some places lie over those of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Everywhere else.
    Desk,
    /// On a page.
    Page,
    /// On the review.
    Review,
}

impl Layer {
    fn of(command: &Command) -> Self {
        match command.place {
            KeyPlace::Everywhere | KeyPlace::Screen | KeyPlace::List => Self::Desk,
            KeyPlace::Page => Self::Page,
            KeyPlace::Review => Self::Review,
        }
    }
}

/// Why an operator's key file is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    /// No command has this name.
    #[error("there is no command “{name}”{}", near.as_ref().map(|near| format!("; did you mean “{near}”?")).unwrap_or_default())]
    UnknownCommand {
        /// What was written.
        name: String,
        /// The nearest name.
        near: Option<&'static str>,
    },
    /// A text names no key.
    #[error(transparent)]
    UnknownKey(#[from] super::key::UnknownKey),
    /// Two commands have the same key.
    #[error("{key} would do two things: {one} and {other}")]
    Conflict {
        /// The key.
        key: Key,
        /// One of the commands.
        one: &'static str,
        /// The other one.
        other: &'static str,
    },
}

impl Default for Keymap {
    fn default() -> Self {
        let keys = COMMANDS.iter().flat_map(|command| {
            command
                .keys
                .iter()
                .filter_map(|key| Some(((Layer::of(command), key.parse().ok()?), command.id)))
        });
        Self { keys: keys.collect() }
    }
}

impl Keymap {
    /// Returns the default keys with those of the named commands replaced; an empty list leaves a command without a key.
    ///
    /// An operator's key takes precedence over a default of another command; two of the operator's own must not collide.
    /// The error comes with the place of the entry that caused it.
    pub fn with_overrides(overrides: &[(String, Vec<String>)]) -> Result<Self, (usize, KeymapError)> {
        let mut chosen: BTreeMap<(Layer, Key), (&'static Command, usize)> = BTreeMap::new();
        let mut changed = Vec::new();
        for (index, (name, keys)) in overrides.iter().enumerate() {
            let command = named(name).map_err(|error| (index, error))?;
            changed.push(command.id);
            for key in keys {
                let key: Key = key.parse().map_err(|error| (index, KeymapError::UnknownKey(error)))?;
                if let Some((other, _)) = chosen.insert((Layer::of(command), key), (command, index))
                    && other.id != command.id
                {
                    return Err((
                        index,
                        KeymapError::Conflict {
                            key,
                            one: other.name,
                            other: command.name,
                        },
                    ));
                }
            }
        }
        let mut keymap = Self::default();
        keymap
            .keys
            .retain(|key, id| !changed.contains(id) && !chosen.contains_key(key));
        keymap
            .keys
            .extend(chosen.into_iter().map(|(key, (command, _))| (key, command.id)));
        Ok(keymap)
    }

    /// Returns what a key does on the desk.
    pub fn command(&self, key: Key) -> Option<CommandId> {
        self.keys.get(&(Layer::Desk, key)).copied()
    }

    /// Returns what a key does in a place whose own keys go before those of the desk.
    pub fn command_in(&self, layer: Layer, key: Key) -> Option<CommandId> {
        let own = self.keys.get(&(layer, key)).copied();
        own.or_else(|| self.command(key))
    }

    /// Returns the key that the screen names for a command: its first default while that still holds.
    pub fn main_key(&self, id: CommandId) -> Option<Key> {
        let default = super::command::command(id).and_then(|command| command.keys.first()?.parse().ok());
        default
            .filter(|key| self.keys(id).contains(key))
            .or_else(|| self.keys(id).first().copied())
    }

    /// Returns how a sentence tells somebody to run a command: its key, or what is typed where it has none.
    pub fn words(&self, id: CommandId) -> String {
        let name = || super::command::command(id).map_or_else(String::new, |command| format!(":{}", command.name));
        self.main_key(id).map_or_else(name, |key| key.to_string())
    }

    /// Returns the keys of a command, the shortest first.
    pub fn keys(&self, id: CommandId) -> Vec<Key> {
        let mut keys: Vec<Key> = self
            .keys
            .iter()
            .filter(|(_, command)| **command == id)
            .map(|((_, key), _)| *key)
            .collect();
        keys.sort_by_key(|key| key.to_string().len());
        keys
    }

    /// Returns the keys of a command as they are written, with a blank between; empty where it has none.
    pub fn key_words(&self, id: CommandId) -> String {
        let keys: Vec<String> = self.keys(id).iter().map(ToString::to_string).collect();
        keys.join(" ")
    }
}

fn named(name: &str) -> Result<&'static Command, KeymapError> {
    COMMANDS.iter().find(|command| command.name == name).ok_or_else(|| {
        let near = COMMANDS
            .iter()
            .map(|command| (strsim::jaro_winkler(command.name, name), command.name))
            .max_by(|(one, _), (other, _)| one.total_cmp(other))
            .filter(|(likeness, _)| *likeness > 0.75)
            .map(|(_, name)| name);
        KeymapError::UnknownCommand {
            name: excerpt(name),
            near,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overrides(entries: &[(&str, &[&str])]) -> Result<Keymap, (usize, KeymapError)> {
        let entries: Vec<(String, Vec<String>)> = entries
            .iter()
            .map(|(name, keys)| ((*name).to_owned(), keys.iter().map(|key| (*key).to_owned()).collect()))
            .collect();
        Keymap::with_overrides(&entries)
    }

    #[test]
    fn every_default_key_is_a_key_and_does_one_thing() {
        let count: usize = COMMANDS.iter().map(|command| command.keys.len()).sum();
        assert_eq!(Keymap::default().keys.len(), count);
    }

    #[test]
    fn an_operators_key_replaces_the_defaults_of_its_command() {
        let keymap = overrides(&[("used-by", &["x", "s"])]).unwrap();
        assert_eq!(keymap.command("x".parse().unwrap()), Some(CommandId::UsedBy));
        assert_eq!(
            keymap.command("s".parse().unwrap()),
            Some(CommandId::UsedBy),
            "it goes before another's default"
        );
        assert_eq!(keymap.command("u".parse().unwrap()), None);
        assert!(keymap.keys(CommandId::Sort).is_empty());
        assert_eq!(keymap.main_key(CommandId::UsedBy), "s".parse().ok());
        assert_eq!(keymap.main_key(CommandId::Sort), None);
        assert_eq!(
            (keymap.words(CommandId::UsedBy), keymap.words(CommandId::Sort)),
            ("s".to_owned(), ":sort".to_owned())
        );
        assert_eq!(keymap.main_key(CommandId::Open), "enter".parse().ok());
        assert!(overrides(&[("mark", &[])]).unwrap().keys(CommandId::Mark).is_empty());
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_place() {
        let (index, error) = overrides(&[("mark", &["x"]), ("used-byy", &["u"])]).unwrap_err();
        assert_eq!(
            (index, error.to_string().as_str()),
            (1, "there is no command “used-byy”; did you mean “used-by”?")
        );
        assert!(matches!(
            overrides(&[("mark", &["x"]), ("sort", &["x"])]),
            Err((1, KeymapError::Conflict { .. }))
        ));
        assert!(matches!(
            overrides(&[("mark", &["hyper-x"])]),
            Err((0, KeymapError::UnknownKey(_)))
        ));
    }
}
