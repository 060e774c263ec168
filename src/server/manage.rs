//! Changes that administrators make, each with everything that follows from it: associations end, credentials are revoked,
//! phones are told, and the audit knows who did it.

mod admins;
mod phones;
mod settings;
mod users;

use anyhow::Context as _;
use hotdesk_provisioning::{EndReason, RefusalCode};

use crate::associations::{self, EndedBy};
use crate::change::Change;
use crate::error::{Answer, Failure, clash};

pub(crate) use admins::{add_admin, change_admin, delete_admin, save_admin, set_admin_credential};
pub(crate) use phones::{delete_phone, save_phone, set_claim, set_phone_enabled};
pub(crate) use settings::{
    GroupEntry, Owner, Removable, SiteEntry, TenantEntry, add_tenant, remove, save_group,
    save_model, save_profile, save_site, save_tenant,
};
pub(crate) use users::{delete_user, save_user, set_keys, set_pin, take_grant, unlock_user};

/// An administrator signs somebody out. One that has ended meanwhile stays as it ended.
pub(crate) async fn end_association(
    change: &mut Change,
    tenant: i64,
    id: &str,
    actor: &str,
) -> Answer<()> {
    let association: Option<associations::Association> =
        sqlx::query_as("SELECT * FROM associations WHERE id = $1 AND tenant_id = $2")
            .bind(id)
            .bind(tenant)
            .fetch_optional(change.connection())
            .await?;
    let association = association.ok_or(RefusalCode::UnknownAssociation)?;
    if association.state != associations::State::Ended {
        let by = actor.to_owned();
        let reason = EndReason::Administrator { by };
        associations::end(change, &association, reason, EndedBy::Administrator(actor))
            .await
            .context("cannot end an association")?;
    }
    Ok(())
}

/// What SQLite says, what PostgreSQL says, and what that means.
const SENTENCES: [(&str, &str, &str); 17] = [
    (
        "one_tenant_without_a_domain",
        "one_tenant_without_a_domain",
        "Another tenant has the server's own domain: give this one a SIP domain.",
    ),
    (
        "number belongs to a user",
        "number belongs to a user",
        "This number belongs to a user: a number is a phone's or a user's, never both.",
    ),
    (
        "number belongs to a phone",
        "number belongs to a phone",
        "This number belongs to a phone: a number is a phone's or a user's, never both.",
    ),
    (
        "number belongs to another user",
        "number belongs to another user",
        "Another user has this number.",
    ),
    (
        "phones.mac",
        "phones_mac_key",
        "There is a phone with this MAC address already.",
    ),
    (
        "phones.tenant_id, phones.extension",
        "phones_tenant_id_extension_key",
        "Another phone has this extension.",
    ),
    (
        "users.tenant_id, users.extension",
        "users_tenant_id_extension_key",
        "Another user has this number.",
    ),
    (
        "users.tenant_id, users.short_extension",
        "users_tenant_id_short_extension_key",
        "Another user has this short extension.",
    ),
    (
        "tenants.name",
        "tenants_name_key",
        "There is a tenant of this name already.",
    ),
    (
        "tenants.sip_domain",
        "tenants_sip_domain_key",
        "Another tenant has this domain.",
    ),
    (
        "sites.tenant_id, sites.name",
        "sites_tenant_id_name_key",
        "There is a site of this name already.",
    ),
    (
        "groups.tenant_id, groups.name",
        "groups_tenant_id_name_key",
        "There is a group of this name already.",
    ),
    (
        "models.tenant_id, models.name",
        "models_pkey",
        "There is a model of this name already.",
    ),
    (
        "admins.name",
        "admins_name_key",
        "There is an administrator of this name already.",
    ),
    (
        "FOREIGN KEY",
        "_fkey",
        "Something still uses this, or something that it names is not there.",
    ),
    ("name <> ''", "_name_check", "A name is needed."),
    ("extension", "extension_check", "A number must be digits."),
];

/// What the database's rules say, in words for an administrator.
pub(crate) fn why_not(error: sqlx::Error) -> Failure {
    let text = error.as_database_error().map(|e| e.message().to_owned());
    let sentence = SENTENCES.iter().find(|(sqlite, postgres, _)| {
        text.as_ref()
            .is_some_and(|text| text.contains(sqlite) || text.contains(postgres))
    });
    match sentence {
        Some((_, _, sentence)) => clash(sentence),
        None => error.into(),
    }
}
