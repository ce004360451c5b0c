//! Cuts lists into pages with opaque tokens.
//!
//! A token holds the operation and the key of the last item that was shown, so that a page goes on behind that item
//! even when things were made or deleted in between. Lists must therefore be in ascending order of their keys.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    call::{Call, TOKEN},
    error::ServiceError,
    input::Reader,
};

/// Which page of a list was asked for.
#[derive(Debug)]
pub(crate) struct Pager {
    operation: &'static str,
    limit: usize,
    after: Option<String>,
    starts_empty: bool,
}

impl Pager {
    /// Reads `MaxResults` and `NextToken` of an ssm-contacts request. Zero results mean the server's own size.
    pub(crate) fn contacts(call: &Call<'_>, input: &Reader<'_>) -> Result<Self, ServiceError> {
        let asked = input.number("MaxResults", &(0..=1024));
        let token = input.text("NextToken", &TOKEN);
        input.check()?;
        Self::new(call, asked, token)
    }

    /// Returns the pager for a size and a token that were read by the service's own rules.
    pub(crate) fn new(call: &Call<'_>, asked: Option<u32>, token: Option<String>) -> Result<Self, ServiceError> {
        let most = call.settings.page_size;
        let asked = asked
            .and_then(|asked| usize::try_from(asked).ok())
            .filter(|asked| *asked > 0);
        let operation = call.operation.name;
        let token = token.filter(|token| !token.is_empty());
        let starts_empty = token.is_none() && call.settings.empty_first_page.is_on();
        let after = token.map(|token| {
            opened(operation, &token).ok_or_else(|| ServiceError::invalid("The provided pagination token is invalid"))
        });
        Ok(Self {
            operation,
            limit: asked.map_or(most, |asked| asked.min(most)),
            after: after.transpose()?,
            starts_empty,
        })
    }

    /// Returns the items of this page, and the token of the next one if there is more.
    ///
    /// `items` come in ascending order of their keys.
    pub(crate) fn cut<K: AsRef<str>, T>(self, items: impl Iterator<Item = (K, T)>) -> (Vec<T>, Option<String>) {
        if self.starts_empty {
            return (Vec::new(), Some(sealed(self.operation, "")));
        }
        let after = self.after.unwrap_or_default();
        let mut items = items.skip_while(|(key, _)| key.as_ref() <= after.as_str()).peekable();
        let mut page = Vec::new();
        let mut last = None;
        while page.len() < self.limit
            && let Some((key, item)) = items.next()
        {
            page.push(item);
            last = Some(key);
        }
        let token = items.peek().and(last).map(|key| sealed(self.operation, key.as_ref()));
        (page, token)
    }
}

/// Returns the key of the item at this place of a list that keeps its own order.
pub(crate) fn place(index: usize) -> String {
    // Counted from 1, so that no key is empty.
    format!("{:08}", index + 1)
}

fn sealed(operation: &str, key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{operation}\n{key}"))
}

fn opened(operation: &str, token: &str) -> Option<String> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let (of, key) = text.split_once('\n')?;
    (of == operation).then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pager(after: Option<&str>) -> Pager {
        Pager {
            operation: "ListThings",
            limit: 2,
            after: after.map(str::to_owned),
            starts_empty: false,
        }
    }

    fn things(keys: &'static [&'static str]) -> impl Iterator<Item = (&'static str, &'static str)> {
        keys.iter().map(|key| (*key, *key))
    }

    #[test]
    fn a_page_goes_on_behind_a_deleted_item() {
        let (first, token) = pager(None).cut(things(&["a", "b", "c"]));
        assert_eq!(first, ["a", "b"]);
        let after = opened("ListThings", &token.unwrap()).unwrap();
        let (second, token) = pager(Some(&after)).cut(things(&["a", "c"]));
        assert_eq!((second, token), (vec!["c"], None));
    }

    #[test]
    fn a_full_last_page_has_no_token() {
        assert_eq!(pager(None).cut(things(&["a", "b"])), (vec!["a", "b"], None));
    }

    #[test]
    fn a_token_belongs_to_its_operation() {
        let token = sealed("ListThings", "a");
        assert_eq!(opened("ListOthers", &token), None);
        assert!(token.chars().all(TOKEN.allows), "{token}");
    }
}
