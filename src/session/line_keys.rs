//! Which keys of a profile stand beside which line keys. Keys stand in the order of the profile, the most wanted first; what
//! does not fit goes on further pages, with More at the last line key, and what no page has room for is counted.

/// Pages that anybody leafs through.
const PAGES_MAX: usize = 8;

/// Line keys as they stand beside the display.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineKeys {
    /// One for each hardware key that means something, from the top.
    pub slots: Vec<LineSlot>,
    /// How many keys of the profile no page shows.
    pub not_shown: usize,
}

/// What one line key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineSlot {
    /// The key of the profile with this index.
    Key(usize),
    /// The next page.
    More {
        /// How many keys the other pages show.
        others: usize,
    },
}

impl LineKeys {
    /// So many keys of a profile on a panel with so many line keys; pages go round.
    #[must_use]
    pub fn lay_out(keys: usize, slots: u8, page: usize) -> Self {
        let slots = usize::from(slots);
        if keys <= slots || slots < 2 {
            let shown = keys.min(slots);
            return Self {
                slots: (0..shown).map(LineSlot::Key).collect(),
                not_shown: keys.saturating_sub(shown),
            };
        }
        let per_page = slots.saturating_sub(1);
        let pages = keys.div_ceil(per_page.max(1)).min(PAGES_MAX);
        let reachable = keys.min(per_page.saturating_mul(pages));
        let page = page.checked_rem(pages).unwrap_or(0);
        let first = page.saturating_mul(per_page);
        let behind = first.saturating_add(per_page).min(reachable);
        let mut slots: Vec<_> = (first..behind).map(LineSlot::Key).collect();
        let others = reachable.saturating_sub(slots.len());
        slots.push(LineSlot::More { others });
        Self {
            slots,
            not_shown: keys.saturating_sub(reachable),
        }
    }

    /// What the line key with this number does, counted from 1 at the top.
    pub(crate) fn slot(&self, number: u8) -> Option<LineSlot> {
        let index = usize::from(number).checked_sub(1)?;
        self.slots.get(index).copied()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_key_is_on_some_page_or_counted_on_any_panel() {
        for keys in 0..100 {
            for slots in 0..=16 {
                let mut seen = BTreeSet::new();
                for page in 0..PAGES_MAX + 1 {
                    let laid_out = LineKeys::lay_out(keys, slots, page);
                    assert!(laid_out.slots.len() <= usize::from(slots));
                    for slot in &laid_out.slots {
                        if let LineSlot::Key(index) = slot {
                            seen.insert(*index);
                        }
                    }
                    let more = laid_out
                        .slots
                        .iter()
                        .any(|s| matches!(s, LineSlot::More { .. }));
                    assert_eq!(more, keys > usize::from(slots) && slots > 1);
                }
                let counted = LineKeys::lay_out(keys, slots, 0).not_shown;
                assert_eq!(seen.len() + counted, keys, "{keys} keys on {slots}");
                assert!(seen.last().is_none_or(|last| *last < keys));
            }
        }
    }

    #[test]
    fn more_is_the_last_key_and_says_how_many_others_there_are() {
        let first = LineKeys::lay_out(6, 4, 0);
        assert_eq!(first.slots[0], LineSlot::Key(0));
        assert_eq!(first.slots[3], LineSlot::More { others: 3 });
        let second = LineKeys::lay_out(6, 4, 1);
        assert_eq!(second.slots[2], LineSlot::Key(5));
        assert_eq!(LineKeys::lay_out(6, 4, 2), first);
    }
}
