//! A user's own door to the portal: their number and PIN, counted as on a phone.

use hotdesk_provisioning::Secret;

use crate::app::App;
use crate::associations::open::rules_of;
use crate::audit::{Entry, Event};
use crate::error::Answer;
use crate::sessions::{self, Holder};
use crate::throttle::{self, Subject};
use crate::users::{self, User};

/// Longest number or PIN: more is an attack on the hash.
const LENGTH_MAX: usize = 128;

/// Whether somebody gets in.
#[derive(Debug)]
pub(crate) enum Door {
    /// With the text of their cookie.
    Open(Secret),
    /// Why not.
    Closed(String),
}

/// Checks number and PIN and begins a session. Where several tenants have the number, the PIN says who it is; a wrong one
/// counts for all of them.
pub(crate) async fn open_door(app: &App, number: &str, pin: Secret) -> Answer<Door> {
    let closed = || Ok(Door::Closed("Number or PIN is wrong.".to_owned()));
    if number.len() > LENGTH_MAX || pin.expose().len() > LENGTH_MAX {
        return closed();
    }
    let found: Vec<User> = sqlx::query_as(
        "SELECT * FROM users WHERE $1 IN (extension, short_extension) ORDER BY tenant_id LIMIT 8",
    )
    .bind(number)
    .fetch_all(&mut *app.reader().await?)
    .await?;
    if found.is_empty() {
        // As long as with a number that exists, so that nobody learns which do.
        app.hasher().verify(pin, None).await?;
        return closed();
    }
    let mut why = None;
    for user in found.iter().filter(|user| user.hot_desk && !user.disabled) {
        match check(app, user, pin.clone()).await? {
            None => {
                let mut change = app.change(user.tenant_id).await?;
                let now = change.now;
                let session =
                    sessions::begin(change.connection(), Holder::User(user.id), now).await?;
                change.finish().await?;
                return Ok(Door::Open(session));
            }
            Some(sentence) => why = Some(sentence),
        }
    }
    Ok(Door::Closed(
        why.unwrap_or_else(|| "Number or PIN is wrong.".to_owned()),
    ))
}

/// Checks a user's PIN: `None` if it is right, else why it is refused. A wrong one is counted.
pub(crate) async fn check(app: &App, user: &User, pin: Secret) -> Answer<Option<String>> {
    let subject = Subject::User(user.id);
    let locked = throttle::load(&mut *app.reader().await?, &subject).await?;
    let wait = |seconds: u32| format!("Too many wrong PINs. Try again in {seconds} seconds.");
    if let Some(seconds) = locked.locked_for(app.now()) {
        return Ok(Some(wait(seconds)));
    }
    let matches = app.hasher().verify(pin, user.pin_hash.clone()).await?;
    let mut change = app.change(user.tenant_id).await?;
    let now = change.now;
    let current = users::find(change.connection(), user.id).await?;
    let locked = throttle::load(change.connection(), &subject).await?;
    if let Some(seconds) = locked.locked_for(now) {
        return Ok(Some(wait(seconds)));
    }
    if matches && current.pin_hash == user.pin_hash {
        throttle::clear(change.connection(), &subject).await?;
        change.finish().await?;
        return Ok(None);
    }
    let rules = rules_of(change.connection(), user).await?;
    let failed = throttle::fail(change.connection(), &rules, &subject, now).await?;
    Entry::new(Event::PinRefused)
        .user(Some(user))
        .typed(&user.extension)
        .detail("in the portal")
        .write(change.connection(), now)
        .await?;
    change.finish().await?;
    Ok(Some(failed.locked_for.map_or_else(
        || "Number or PIN is wrong.".to_owned(),
        wait,
    )))
}
