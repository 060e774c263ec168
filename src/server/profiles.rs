//! Profiles: what a phone shows, in layers. The last one wins: what is built in, the site, the group's profile for the model, the
//! user's profile for the model, and the user's own keys on the places that are left.

use std::collections::BTreeMap;

use hotdesk_provisioning::{Language, LineKey};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::column::Json;
use crate::db::Connection;
use crate::phones::Phone;
use crate::users::User;

/// The last place that a key can have: more than any sidecar has.
pub(crate) const PLACES_MAX: u8 = 120;

/// One layer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// Keys by their place, from 1.
    pub(crate) keys: BTreeMap<u8, LineKey>,
    /// What screens speak.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<Language>,
}

impl Settings {
    /// This layer with another one on top.
    pub(crate) fn with(mut self, over: Self) -> Self {
        self.keys.extend(over.keys);
        self.language = over.language.or(self.language);
        self
    }

    /// The keys in the order of their places, with `own` keys on the places that are left.
    pub(crate) fn keys_with(&self, own: &[LineKey]) -> Vec<LineKey> {
        let mut own = own.iter();
        let last = self.keys.keys().last().copied().unwrap_or(0);
        let placed = (1..=last).filter_map(|place| self.keys.get(&place).or_else(|| own.next()));
        let mut keys: Vec<LineKey> = placed.cloned().collect();
        keys.extend(own.cloned());
        keys.truncate(PLACES_MAX.into());
        keys
    }
}

/// A profile of a group or a user for one model.
#[derive(Debug, Clone, FromRow)]
pub(crate) struct Profile {
    pub(crate) id: i64,
    pub(crate) model: String,
    pub(crate) group_id: Option<i64>,
    pub(crate) user_id: Option<i64>,
    pub(crate) settings: Json<Settings>,
    pub(crate) version: i64,
}

/// What a phone shows while nobody is signed in, the desk's own keys apart.
pub(crate) async fn of_host(
    connection: &mut Connection,
    phone: &Phone,
) -> Result<Settings, sqlx::Error> {
    let site = of_site(connection, phone).await?;
    Ok(site.with(of_group(connection, phone, phone.group_id).await?))
}

/// What a phone shows while this user is signed in on it, the user's own keys apart. The user's group counts; the desk's does
/// where the user has none.
pub(crate) async fn of_guest(
    connection: &mut Connection,
    phone: &Phone,
    user: &User,
) -> Result<Settings, sqlx::Error> {
    let site = of_site(connection, phone).await?;
    let group = of_group(connection, phone, user.group_id.or(phone.group_id)).await?;
    let own: Option<Json<Settings>> =
        sqlx::query_scalar("SELECT settings FROM profiles WHERE user_id = $1 AND model = $2")
            .bind(user.id)
            .bind(phone.model())
            .fetch_optional(connection)
            .await?;
    let merged = site.with(group).with(own.unwrap_or_default().0);
    let language = user.language();
    Ok(merged.with(Settings {
        language,
        ..Settings::default()
    }))
}

/// The profiles of a user, by model.
pub(crate) async fn of_user(
    connection: &mut Connection,
    tenant: i64,
    user: i64,
) -> Result<Vec<Profile>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM profiles WHERE tenant_id = $1 AND user_id = $2 ORDER BY model")
        .bind(tenant)
        .bind(user)
        .fetch_all(connection)
        .await
}

/// The profiles of every group, by group and model.
pub(crate) async fn of_groups(
    connection: &mut Connection,
    tenant: i64,
) -> Result<Vec<Profile>, sqlx::Error> {
    sqlx::query_as(
        "SELECT * FROM profiles WHERE tenant_id = $1 AND group_id IS NOT NULL ORDER BY group_id, model",
    )
    .bind(tenant)
    .fetch_all(connection)
    .await
}

async fn of_site(connection: &mut Connection, phone: &Phone) -> Result<Settings, sqlx::Error> {
    let Json(settings) = sqlx::query_scalar("SELECT settings FROM sites WHERE id = $1")
        .bind(phone.site_id)
        .fetch_one(connection)
        .await?;
    Ok(settings)
}

async fn of_group(
    connection: &mut Connection,
    phone: &Phone,
    group: Option<i64>,
) -> Result<Settings, sqlx::Error> {
    let found: Option<Json<Settings>> =
        sqlx::query_scalar("SELECT settings FROM profiles WHERE group_id = $1 AND model = $2")
            .bind(group)
            .bind(phone.model())
            .fetch_optional(connection)
            .await?;
    Ok(found.unwrap_or_default().0)
}

/// Makes the user's profile for the phone's model at their first log-in on it. It is kept when they leave.
pub(crate) async fn keep(
    connection: &mut Connection,
    phone: &Phone,
    user: &User,
) -> Result<(), sqlx::Error> {
    let Some(model) = &phone.model else {
        return Ok(());
    };
    sqlx::query(
        "INSERT INTO profiles (tenant_id, model, user_id) VALUES ($1, $2, $3) ON CONFLICT (user_id, model) DO NOTHING",
    )
    .bind(user.tenant_id)
    .bind(model)
    .bind(user.id)
    .execute(connection)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn settings(value: serde_json::Value) -> Settings {
        serde_json::from_value(value).unwrap()
    }

    fn key(label: &str) -> serde_json::Value {
        json!({ "kind": "speed_dial", "label": label, "value": "1" })
    }

    fn labels(keys: &[LineKey]) -> String {
        let labels: Vec<&str> = keys.iter().map(|key| key.label.as_str()).collect();
        labels.join(" ")
    }

    #[test]
    fn the_last_layer_wins_place_by_place() {
        let site =
            settings(json!({ "keys": { "1": key("site1"), "2": key("site2") }, "language": "de" }));
        let group = settings(json!({ "keys": { "2": key("group2"), "4": key("group4") } }));
        let user = settings(json!({ "keys": { "4": key("user4") }, "language": "fr" }));
        let merged = site.with(group).with(user);
        assert_eq!(merged.language, Some(Language::parse("fr").unwrap()));
        let own: Vec<LineKey> = serde_json::from_value(json!([key("own1"), key("own2")])).unwrap();
        assert_eq!(
            labels(&merged.keys_with(&own)),
            "site1 group2 own1 user4 own2"
        );
        assert_eq!(labels(&Settings::default().keys_with(&own)), "own1 own2");
    }

    #[test]
    fn a_layer_with_what_no_phone_knows_is_refused() {
        assert!(serde_json::from_value::<Settings>(json!({ "kyes": {} })).is_err());
        assert!(serde_json::from_value::<Settings>(json!({ "keys": { "x": key("a") } })).is_err());
    }
}
