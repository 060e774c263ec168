//! Who asks: the phone behind a device token.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use hotdesk_provisioning::RefusalCode;

use crate::app::App;
use crate::error::{Answer, Failure};
use crate::keys::fingerprint;
use crate::phones::{self, Phone};

/// The phone whose token came with the request, enabled or not: a disabled one may still give back what it holds.
pub(crate) struct Device(pub(crate) Phone);

/// The phone whose token came with the request, if it takes part in hot desking.
pub(crate) struct EnabledDevice(pub(crate) Phone);

impl FromRequestParts<App> for Device {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Answer<Self> {
        let token = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .ok_or(RefusalCode::NotAuthenticated)?;
        let found = phones::by_token(&mut *app.reader().await?, &fingerprint(token)).await?;
        let phone = found.ok_or(RefusalCode::NotAuthenticated)?;
        if phones::is_seen_stale(&phone, app.now()) {
            // Depends on nothing and decides nothing: no change has to wait for it.
            let mut writer = app.database().writer().await?;
            phones::note_seen(&mut writer, phone.id, app.now()).await?;
        }
        Ok(Self(phone))
    }
}

impl FromRequestParts<App> for EnabledDevice {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Answer<Self> {
        let Device(phone) = Device::from_request_parts(parts, app).await?;
        if phone.enabled {
            Ok(Self(phone))
        } else {
            Err(RefusalCode::PhoneNotEnabled.into())
        }
    }
}
