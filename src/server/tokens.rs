//! Tokens with which programs call the administrators' API. Only the hash of a token is kept: it is shown once, when it is made.

use anyhow::{Context as _, Result};
use hotdesk_provisioning::Secret;
use sqlx::FromRow;

use crate::app::App;
use crate::audit::{Entry, Event};
use crate::change::Change;
use crate::column::words;
use crate::db::Connection;
use crate::error::{Answer, unknown, wrong};
use crate::keys::{fingerprint, random_text};
use crate::tenants;

/// What every token begins with, so that people and scanners of source code recognise one.
const PREFIX: &str = "hd_";
/// Most characters of a token's name.
pub(crate) const NAME_LENGTH_MAX: usize = 100;
/// Tokens of one tenant, or of the operators.
const TOKENS_MAX: i64 = 200;
/// How old "last used" may get before it is written again.
const USED_EVERY_SECONDS: i64 = 60;

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// See everything of the tenant.
    Read,
    /// Sign people out.
    LogOut,
    /// Change the tenant's phones, users and settings.
    Manage,
    /// Administrators, tokens and tenants.
    Operate,
}

words!(
    Scope,
    Read = "read",
    LogOut = "log_out",
    Manage = "manage",
    Operate = "operate"
);

impl Scope {
    /// The scopes that stand in a text with blanks or commas between; none where a word is no scope, or there is no word.
    pub(crate) fn parse_all(text: &str) -> Option<Vec<Self>> {
        let words = text.split([' ', ',']).filter(|word| !word.is_empty());
        let scopes: Option<Vec<Self>> = words.map(Self::of_word).collect();
        scopes.filter(|scopes| !scopes.is_empty())
    }
}

/// A token as it is listed.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Token {
    pub(crate) id: i64,
    /// None: an operator's, for all tenants.
    pub(crate) tenant_id: Option<i64>,
    pub(crate) name: String,
    scopes: String,
    pub(crate) created_by: String,
    pub(crate) created_at: i64,
    pub(crate) expires_at: Option<i64>,
    pub(crate) last_used_at: Option<i64>,
}

impl Token {
    /// What it may be used for.
    pub(crate) fn scopes(&self) -> Vec<Scope> {
        Scope::parse_all(&self.scopes).unwrap_or_default()
    }
}

/// What a new token is made of.
#[derive(Debug, Clone)]
pub(crate) struct TokenEntry<'a> {
    /// None: for all tenants.
    pub(crate) tenant: Option<i64>,
    pub(crate) name: &'a str,
    pub(crate) scopes: &'a [Scope],
    /// Seconds since 1970; none: never.
    pub(crate) expires_at: Option<i64>,
}

const COLUMNS: &str = "SELECT id, tenant_id, name, scopes, created_by, created_at, expires_at, last_used_at FROM api_tokens";

/// Makes a token: its number, and its text, which is nowhere else.
pub(crate) async fn create(
    change: &mut Change,
    entry: &TokenEntry<'_>,
    actor: &str,
) -> Answer<(i64, Secret)> {
    check(change, entry).await?;
    let text = Secret::new(format!("{PREFIX}{}", random_text()?.expose()));
    let words: Vec<&str> = entry.scopes.iter().map(|scope| scope.word()).collect();
    let id: i64 = sqlx::query_scalar(
        "INSERT INTO api_tokens (tenant_id, name, token_hash, scopes, created_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
    )
    .bind(entry.tenant)
    .bind(entry.name.trim())
    .bind(fingerprint(text.expose()))
    .bind(words.join(" "))
    .bind(actor)
    .bind(change.now)
    .bind(entry.expires_at)
    .fetch_one(change.connection())
    .await?;
    let what = format!("token {} made ({})", entry.name.trim(), words.join(" "));
    note(change, entry.tenant, &what, actor).await?;
    Ok((id, text))
}

async fn check(change: &mut Change, entry: &TokenEntry<'_>) -> Answer<()> {
    let name = entry.name.trim();
    if !(1..=NAME_LENGTH_MAX).contains(&name.chars().count()) || name.chars().any(char::is_control)
    {
        return Err(wrong("A token's name has 1 to 100 printable characters."));
    }
    if entry.scopes.is_empty() {
        return Err(wrong(
            "A token needs a scope: without one it can do nothing.",
        ));
    }
    if entry.expires_at.is_some_and(|at| at <= change.now) {
        return Err(wrong("A token expires in the future, or never."));
    }
    let tokens: i64 =
        sqlx::query_scalar("SELECT count(*) FROM api_tokens WHERE coalesce(tenant_id, 0) = $1")
            .bind(entry.tenant.unwrap_or(0))
            .fetch_one(change.connection())
            .await?;
    if tokens >= TOKENS_MAX {
        return Err(wrong(
            "There are 200 tokens already: revoke those that nobody uses.",
        ));
    }
    Ok(())
}

/// Revokes a token of this tenant; none: an operator's.
pub(crate) async fn revoke(
    change: &mut Change,
    tenant: Option<i64>,
    id: i64,
    actor: &str,
) -> Answer<()> {
    let name: Option<String> = sqlx::query_scalar(
        "DELETE FROM api_tokens WHERE id = $1 AND coalesce(tenant_id, 0) = $2 RETURNING name",
    )
    .bind(id)
    .bind(tenant.unwrap_or(0))
    .fetch_optional(change.connection())
    .await?;
    let name = name.ok_or_else(unknown)?;
    note(change, tenant, &format!("token {name} revoked"), actor).await
}

async fn note(change: &mut Change, tenant: Option<i64>, what: &str, actor: &str) -> Answer<()> {
    let now = change.now;
    Entry::new(Event::SettingsChanged)
        .tenant(tenant)
        .detail(what)
        .actor(actor)
        .write(change.connection(), now)
        .await?;
    Ok(())
}

/// The tokens of this tenant (none: the operators'), after the one with this number.
pub(crate) async fn list(
    connection: &mut Connection,
    tenant: Option<i64>,
    after: i64,
    count: i64,
) -> Result<Vec<Token>, sqlx::Error> {
    sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE coalesce(tenant_id, 0) = $1 AND id > $2 ORDER BY id LIMIT $3"
    )))
    .bind(tenant.unwrap_or(0))
    .bind(after)
    .bind(count)
    .fetch_all(connection)
    .await
}

/// Whose token this text is, if it is one that still holds. Notes that it was used.
pub(crate) async fn find(app: &App, text: &str) -> Answer<Option<Token>> {
    let now = app.now();
    // Looked up by its hash: how long that takes tells nothing about other tokens.
    let token: Option<Token> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE token_hash = $1 AND coalesce(expires_at, $2 + 1) > $2"
    )))
    .bind(fingerprint(text))
    .bind(now)
    .fetch_optional(&mut *app.reader().await?)
    .await?;
    if let Some(token) = &token
        && token
            .last_used_at
            .is_none_or(|at| now.saturating_sub(at) >= USED_EVERY_SECONDS)
    {
        let mut writer = app.database().writer().await?;
        sqlx::query("UPDATE api_tokens SET last_used_at = $1 WHERE id = $2")
            .bind(now)
            .bind(token.id)
            .execute(&mut *writer)
            .await?;
    }
    Ok(token)
}

impl App {
    /// Makes a token from the command line: its text, to be shown once. Without a tenant's name it is an operator's, for all of
    /// them; `scopes` are words with commas between (read, log_out, manage, operate); `days` of life, none: for ever.
    ///
    /// # Errors
    /// When there is no such tenant or scope, the name is empty or too long, or the database fails.
    pub async fn create_token(
        &self,
        name: &str,
        scopes: &str,
        tenant: Option<&str>,
        days: Option<u32>,
    ) -> Result<Secret> {
        let scopes = Scope::parse_all(scopes)
            .context("scopes are read, log_out, manage and operate, with commas between")?;
        let mut change = self.change_everything().await?;
        let tenant = match tenant {
            Some(name) => {
                let found = tenants::by_name(change.connection(), name).await?;
                Some(
                    found
                        .with_context(|| format!("there is no tenant {name:?}"))?
                        .id,
                )
            }
            None => None,
        };
        let entry = TokenEntry {
            tenant,
            name,
            scopes: &scopes,
            expires_at: days.map(|days| {
                change
                    .now
                    .saturating_add(i64::from(days).saturating_mul(86_400))
            }),
        };
        let (_, text) = create(&mut change, &entry, "command line").await?;
        change.finish().await?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_words_and_nothing_else() {
        assert_eq!(
            Scope::parse_all("read,log_out manage"),
            Some(vec![Scope::Read, Scope::LogOut, Scope::Manage])
        );
        for text in ["", " ,", "read root"] {
            assert_eq!(Scope::parse_all(text), None, "{text}");
        }
    }
}
