//! Lists that come in pages.
//!
//! The SDK's paginators stop silently at a token that repeats the one before and never notice a longer loop, so that a
//! list cut short looks complete. Here either is a gap, and what was read so far is kept.

use crate::domain::gap::GapReason;
use std::collections::HashSet;

/// The most pages that a list may have. The largest list an account can fill, 1,000 contacts, needs this many at two
/// items each, which is less than any page size that was ever seen.
const PAGE_CAP: usize = 500;

/// One answer of a list.
#[derive(Debug)]
pub(super) struct Page<T> {
    /// What could be understood of it.
    pub(super) items: Vec<T>,
    /// What could not, when anything could not.
    pub(super) malformed: Option<String>,
    /// The token of the next page; absent or empty on the last.
    pub(super) next: Option<String>,
    /// The service's id of the request.
    pub(super) request_id: Option<String>,
}

/// How far a list was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Listing {
    /// The token to ask with next; absent at first.
    pub(super) token: Option<String>,
    /// How many pages were read.
    pub(super) pages: usize,
    /// How many items they held.
    pub(super) items: usize,
    /// The service's ids of the requests.
    pub(super) request_ids: Vec<String>,
    /// What could not be understood, if anything.
    malformed: Option<String>,
    seen: HashSet<String>,
}

/// Whether a list goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// There is another page.
    More,
    /// This was the last page.
    End,
    /// The rest cannot be read, or something in it was not understood.
    CutShort(GapReason),
}

impl Listing {
    /// Takes note of a page, and returns what comes after it.
    pub(super) fn add<T>(&mut self, page: &Page<T>) -> Next {
        self.pages += 1;
        self.items += page.items.len();
        self.request_ids.extend(page.request_id.clone());
        if self.malformed.is_none() {
            self.malformed.clone_from(&page.malformed);
        }
        match page.next.as_deref().filter(|token| !token.is_empty()) {
            Some(token) if !self.seen.insert(token.to_owned()) => Next::CutShort(GapReason::RepeatedToken),
            Some(_) if self.pages >= PAGE_CAP => Next::CutShort(GapReason::TooManyPages),
            Some(token) => {
                self.token = Some(token.to_owned());
                Next::More
            }
            None => match self.malformed.take() {
                Some(detail) => Next::CutShort(GapReason::Malformed { detail }),
                None => Next::End,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tokens: &[&str]) -> (Next, usize) {
        let mut listing = Listing::default();
        let mut next = Next::More;
        for token in tokens {
            assert_eq!(next, Next::More);
            next = listing.add(&Page {
                items: vec![()],
                malformed: None,
                next: Some((*token).to_owned()),
                request_id: None,
            });
        }
        (next, listing.items)
    }

    #[test]
    fn a_list_ends_where_no_token_is() {
        assert_eq!(read(&["a", "b", ""]), (Next::End, 3));
    }

    #[test]
    fn a_token_that_comes_again_is_a_gap_also_in_a_longer_loop() {
        let repeated = Next::CutShort(GapReason::RepeatedToken);
        assert_eq!(read(&["a", "a"]), (repeated.clone(), 2));
        assert_eq!(read(&["a", "b", "c", "a"]), (repeated, 4));
    }

    #[test]
    fn a_list_without_end_is_a_gap() {
        let tokens: Vec<String> = (0..PAGE_CAP).map(|number| number.to_string()).collect();
        let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
        assert_eq!(read(&tokens), (Next::CutShort(GapReason::TooManyPages), PAGE_CAP));
    }

    #[test]
    fn what_was_not_understood_on_any_page_is_a_gap_at_the_end() {
        let mut listing = Listing::default();
        let page = |malformed: Option<&str>, next: Option<&str>| Page {
            items: vec![(), ()],
            malformed: malformed.map(str::to_owned),
            next: next.map(str::to_owned),
            request_id: None,
        };
        assert_eq!(listing.add(&page(Some("no ARN"), Some("a"))), Next::More);
        let detail = "no ARN".to_owned();
        assert_eq!(
            listing.add(&page(None, None)),
            Next::CutShort(GapReason::Malformed { detail })
        );
        assert_eq!(listing.items, 4);
    }
}
