//! What the screens of a phone speak: the guest's own language while they are signed in, else what somebody chose at the
//! phone, else what the site or the phone's configuration says.

use hotdesk_provisioning::Language;

use crate::desk::Desk;

impl Desk {
    /// What the screen speaks now.
    pub(crate) fn language(&self) -> Language {
        let guest = self.tenure().and_then(|tenure| tenure.guest.language);
        let wishes = [guest, self.language, self.policy().language];
        let known = &self.settings.languages;
        let mut known_wishes = wishes.into_iter().flatten().filter(|l| known.contains(l));
        known_wishes
            .next()
            .or_else(|| known.first().copied())
            .unwrap_or_default()
    }

    /// The one after it, in a circle; `None` where there is but one.
    pub(crate) fn next_language(&self) -> Option<Language> {
        let known = &self.settings.languages;
        let place = known.iter().position(|known| *known == self.language())?;
        let next = known.iter().cycle().nth(place.saturating_add(1)).copied();
        next.filter(|next| *next != self.language())
    }

    /// Somebody wants the next language: the phone keeps it over a power cut, for a guest until they leave.
    pub(crate) fn change_language(&mut self) {
        let Some(next) = self.next_language() else {
            return;
        };
        match self.tenure_mut() {
            Some(tenure) => tenure.guest.language = Some(next),
            None => self.language = Some(next),
        }
        self.persist();
    }
}
