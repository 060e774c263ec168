//! The rule of who may log in where: a pure function of the facts. Asks nobody, writes nothing.

use hotdesk_provisioning::{Refusal, RefusalCode, Takeover};

use crate::consent::Verdict;
use crate::phones::Phone;
use crate::rules::Elsewhere;
use crate::users::User;

/// How soon a phone asks again while somebody at another one is asked.
const ASK_AGAIN_SECONDS: u32 = 2;

/// Whom the typed extension belongs to.
#[derive(Debug)]
pub(crate) enum Owner {
    /// A user.
    User(Box<User>),
    /// A phone: it hosts guests and cannot be one.
    Host,
    /// Nobody.
    Nobody,
}

impl Owner {
    /// The user, if it is one.
    pub(crate) fn user(&self) -> Option<&User> {
        match self {
            Self::User(user) => Some(user),
            Self::Host | Self::Nobody => None,
        }
    }

    /// What the PIN is checked against.
    pub(crate) fn pin_hash(&self) -> Option<String> {
        self.user().and_then(|user| user.pin_hash.clone())
    }
}

/// Everything that the decision depends on.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) phone: &'a Phone,
    /// Whether somebody may log in while another is signed in there.
    pub(crate) takeover: Takeover,
    /// What the user's site says about a second phone.
    pub(crate) elsewhere: Elsewhere,
    pub(crate) owner: &'a Owner,
    pub(crate) pin_matches: bool,
    /// Seconds for which log-ins on this phone are locked.
    pub(crate) phone_locked: Option<u32>,
    /// Seconds for which the user is locked.
    pub(crate) user_locked: Option<u32>,
    /// The other desk where the user is signed in.
    pub(crate) other_desk: Option<String>,
    /// What whoever is there says to it, where the policy asks them.
    pub(crate) consent: Verdict,
    /// The name of another user who is signed in on this phone.
    pub(crate) holder: Option<String>,
}

/// Who is admitted, or why nobody is. The order is from the phone over the person to the circumstances, so that each
/// reason is the first one that somebody can do something about.
pub(crate) fn decide<'a>(facts: &Facts<'a>) -> Result<&'a User, Refusal> {
    let phone = facts.phone;
    if !phone.enabled {
        return Err(Refusal::new(RefusalCode::PhoneNotEnabled));
    }
    if phone.address.trim().is_empty() {
        return Err(Refusal::new(RefusalCode::PhoneWithoutAddress));
    }
    locked(RefusalCode::PhoneLocked, facts.phone_locked)?;
    let user = match facts.owner {
        Owner::User(user) => user,
        Owner::Host => return Err(Refusal::new(RefusalCode::NumberIsHost)),
        Owner::Nobody => return Err(Refusal::new(RefusalCode::UnknownUser)),
    };
    check_person(facts, user)?;
    check_circumstances(facts)?;
    Ok(user)
}

fn check_person(facts: &Facts<'_>, user: &User) -> Result<(), Refusal> {
    if user.disabled {
        return Err(Refusal::new(RefusalCode::UserDisabled));
    }
    if !user.hot_desk {
        return Err(Refusal::new(RefusalCode::UserNotEnabled));
    }
    if user.pin_hash.is_none() {
        return Err(Refusal::new(RefusalCode::PinNotSet));
    }
    locked(RefusalCode::UserLocked, facts.user_locked)?;
    if facts.pin_matches {
        Ok(())
    } else {
        Err(Refusal::new(RefusalCode::WrongPin))
    }
}

fn check_circumstances(facts: &Facts<'_>) -> Result<(), Refusal> {
    if let (Elsewhere::Refuse, Some(desk)) = (facts.elsewhere, &facts.other_desk) {
        return Err(about(RefusalCode::InUseElsewhere, desk));
    }
    if let (Elsewhere::Ask, Some(desk)) = (facts.elsewhere, &facts.other_desk) {
        match facts.consent {
            Verdict::Granted => {}
            Verdict::Denied => return Err(about(RefusalCode::ConsentDenied, desk)),
            Verdict::NotAsked | Verdict::Open => {
                return Err(Refusal {
                    retry_after: Some(ASK_AGAIN_SECONDS),
                    ..about(RefusalCode::AskingElsewhere, desk)
                });
            }
        }
    }
    if let (Takeover::Forbid, Some(holder)) = (facts.takeover, &facts.holder) {
        return Err(about(RefusalCode::TakeoverForbidden, holder));
    }
    Ok(())
}

fn locked(code: RefusalCode, seconds: Option<u32>) -> Result<(), Refusal> {
    match seconds {
        None => Ok(()),
        retry_after => Err(Refusal {
            retry_after,
            ..Refusal::new(code)
        }),
    }
}

/// A refusal that names whom or what it concerns.
pub(crate) fn about(code: RefusalCode, subject: &str) -> Refusal {
    Refusal {
        subject: Some(subject.to_owned()),
        ..Refusal::new(code)
    }
}
