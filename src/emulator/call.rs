//! One request being carried out: the world it may change, and what it needs besides.

use chrono::{DateTime, Utc};

use super::{
    error::ServiceError,
    input::{Reader, TextRule},
    operations::Operation,
    settings::Settings,
    world::{Arn, World},
};

/// An idempotency token or a page token: the one class that both keep to.
pub(crate) const TOKEN: TextRule = TextRule {
    allows: |letter| letter.is_ascii_alphanumeric() || r"\/_+=-".contains(letter),
    pattern: r"^[\\\/a-zA-Z0-9_+=\-]*$",
    ..TextRule::length(0..=2048)
};

/// One request being carried out.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// The account.
    pub(crate) world: &'a mut World,
    /// How the emulator behaves.
    pub(crate) settings: &'a Settings,
    /// The instant of the request.
    pub(crate) now: DateTime<Utc>,
    /// The operation that is carried out.
    pub(crate) operation: &'static Operation,
    /// Where ids and codes come from.
    pub(crate) random: &'a mut fastrand::Rng,
}

impl Call<'_> {
    /// Returns a new UUID.
    pub(crate) fn uuid(&mut self) -> String {
        uuid::Builder::from_random_bytes(self.random.u128(..).to_be_bytes())
            .into_uuid()
            .to_string()
    }

    /// Returns a new code of six digits.
    pub(crate) fn code(&mut self) -> String {
        format!("{:06}", self.random.u32(0..1_000_000))
    }

    /// Returns the ARN of the caller.
    pub(crate) fn caller(&self) -> Arn {
        caller(self.world, self.settings)
    }

    /// Returns the error for a request about another account's resource that its owner did not share.
    pub(crate) fn denied(&self, resource: &str) -> ServiceError {
        let action = format!("{}:{}", self.operation.service.prefix(), self.operation.name);
        ServiceError::access_denied(&self.caller(), &action, resource)
    }

    /// Returns the ARN that an earlier call of this operation made with the same idempotency token.
    pub(crate) fn replayed(&self, token: Option<&str>) -> Option<Arn> {
        let key = format!("{}/{}", self.operation.name, token?);
        self.world.used_tokens.get(&key).cloned()
    }

    /// Remembers what an idempotency token made.
    pub(crate) fn remember(&mut self, token: Option<&str>, arn: &str) {
        if let Some(token) = token.filter(|token| !token.is_empty()) {
            let key = format!("{}/{token}", self.operation.name);
            self.world.used_tokens.insert(key, arn.to_owned());
        }
    }
}

/// Returns the ARN of the one user that all callers are.
pub(crate) fn caller(world: &World, settings: &Settings) -> Arn {
    format!("arn:aws:iam::{}:user/{}", world.account, settings.user)
}

/// Reads `IdempotencyToken`.
pub(crate) fn idempotency_token(input: &Reader<'_>) -> Option<String> {
    input.text("IdempotencyToken", &TOKEN)
}
