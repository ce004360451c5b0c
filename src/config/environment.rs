//! The environment variables that decide something here. Those of the AWS SDK stay the SDK's business; they are only
//! looked at because the environment goes before the configuration file.

use std::collections::BTreeMap;

/// The variables that were set, and not to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Environment(BTreeMap<String, String>);

/// Every variable that is looked at.
const NAMES: &[&str] = &[
    "NO_COLOR",
    "CALLSHEET_PLAIN",
    "TERM",
    "COLORTERM",
    "COLUMNS",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_SSM_CONTACTS",
    "AWS_ENDPOINT_URL_SSM_INCIDENTS",
    "AWS_ENDPOINT_URL_STS",
];

impl Environment {
    /// Reads the variables of this process.
    #[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
    pub fn read() -> Self {
        Self::new(NAMES.iter().filter_map(|name| {
            let value = std::env::var_os(name)?;
            // What is not Unicode is there all the same, which is what matters.
            Some((*name, value.to_string_lossy().into_owned()))
        }))
    }

    /// Returns an environment with these variables.
    pub fn new<'a>(variables: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        Self(
            variables
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }

    /// Returns the value of a variable that is set, and not to nothing.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Returns whether any of these variables is set, and not to nothing.
    pub fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.0.contains_key(*name))
    }
}
