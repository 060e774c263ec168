//! Lists in pages: each page says where the next one begins.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem::{Outcome, Problem};
use super::text::Word;

/// Longest page.
const LIMIT_MAX: i64 = 200;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct List<T> {
    /// The things, in the list's order.
    items: Vec<T>,
    /// Send this as `after` to get the next page; null on the last one.
    #[schema(example = "120")]
    next: Option<String>,
}

/// Which page.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// Things on a page: 1 to 200, 50 where it is left out.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u16>,
    /// What the page before gave as `next`.
    #[param(value_type = Option<String>, max_length = 200)]
    pub(crate) after: Option<Word>,
}

/// A page to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    limit: i64,
}

impl Page {
    /// # Errors
    /// When it would be empty or too long.
    pub(crate) fn of(limit: Option<u16>) -> Outcome<Self> {
        let limit = i64::from(limit.unwrap_or(50));
        if (1..=LIMIT_MAX).contains(&limit) {
            Ok(Self { limit })
        } else {
            Err(Problem::invalid("A page has 1 to 200 things."))
        }
    }

    /// How many rows to read: one more than are shown tells whether another page follows.
    pub(crate) fn rows(self) -> i64 {
        self.limit.saturating_add(1)
    }

    /// The page of these rows, of which each knows its place.
    pub(crate) fn list<R, T>(
        self,
        mut rows: Vec<R>,
        place: impl Fn(&R) -> String,
        show: impl Fn(R) -> T,
    ) -> List<T> {
        let limit = usize::try_from(self.limit).unwrap_or_default();
        let is_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| is_more).map(place);
        List {
            items: rows.into_iter().map(show).collect(),
            next,
        }
    }
}

/// The number after which a list ordered by numbers goes on.
pub(crate) fn after_number(after: Option<&Word>) -> Outcome<i64> {
    let Some(after) = after else { return Ok(0) };
    after
        .as_str()
        .parse()
        .map_err(|_| Problem::invalid("`after` is what the page before gave as `next`."))
}

impl Paging {
    /// The page, and the number after which it begins.
    pub(crate) fn by_number(&self) -> Outcome<(Page, i64)> {
        Ok((Page::of(self.limit)?, after_number(self.after.as_ref())?))
    }
}
