//! The desk's own profile, as its phone fetches it, with the tag by which an unchanged one is recognised.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hotdesk_provisioning::{Extension, HostProfile};

use crate::app::App;
use crate::credentials;
use crate::db::Connection;
use crate::error::Answer;
use crate::keys::fingerprint;
use crate::phones::Phone;
use crate::{profiles, sites};

/// A profile with its `ETag`, quotes included.
#[derive(Debug)]
pub(crate) struct Tagged {
    pub(crate) profile: HostProfile,
    pub(crate) etag: String,
}

/// The profile of a phone.
pub(crate) async fn host_profile(
    app: &App,
    connection: &mut Connection,
    phone: &Phone,
) -> Answer<Tagged> {
    let place = sites::place_of(connection, phone).await?;
    let settings = profiles::of_host(connection, phone).await?;
    let domain = credentials::domain(app, connection, phone.tenant_id).await?;
    let mut policy = place.rules.phone;
    policy.language = policy.language.or(settings.language);
    let profile = HostProfile {
        desk: phone.name.clone(),
        extension: Extension::parse(&phone.extension).map_err(anyhow::Error::from)?,
        account: credentials::host_account(app, &domain, phone)?,
        keys: settings.keys_with(&phone.keys.0),
        policy,
        utc_offset_minutes: i16::try_from(place.time_zone.offset_minutes(app.now())).unwrap_or(0),
        register_within: app.pace().within(),
    };
    let text = serde_json::to_string(&profile)?;
    // 256 bits of the host's secret are in the text: nobody finds it from its hash.
    let hash = URL_SAFE_NO_PAD.encode(fingerprint(&text));
    Ok(Tagged {
        profile,
        etag: format!("\"{hash}\""),
    })
}
