//! Who looks: the signed-in administrator, with what every page needs.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use hotdesk_provisioning::Secret;
use maud::{Markup, html};

use super::form::session_cookie;
use super::layout;
use super::when::SiteClock;
use crate::app::App;
use crate::error::Answer;
use crate::roles::Role;
use crate::sessions::{self, SignedIn};
use crate::sites;
use crate::tenants::{self, Tenant};

/// A signed-in administrator.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// Their account's name.
    pub(crate) admin: String,
    pub(crate) role: Role,
    /// Whose phones and users they look at.
    pub(crate) tenant: i64,
    /// Between which tenants they may choose: none unless there is a choice.
    pub(crate) tenants: Vec<Tenant>,
    /// The site's clock.
    pub(crate) clock: SiteClock,
    /// Whether their account is that of the identity provider.
    pub(crate) is_from_provider: bool,
    csrf: Secret,
}

impl View {
    /// Whoever's session the request carries.
    pub(crate) async fn of(app: &App, parts: &Parts) -> Answer<Option<Self>> {
        let Some(cookie) = session_cookie(&parts.headers) else {
            return Ok(None);
        };
        let Some(SignedIn::Admin(admin, tenant)) = sessions::find(app, &cookie).await? else {
            return Ok(None);
        };
        let mut reader = app.reader().await?;
        let sites = sites::all(&mut reader, tenant).await?;
        let first = sites.iter().min_by_key(|site| site.id);
        let clock = SiteClock {
            now: app.now(),
            zone: first.map(|site| site.time_zone.clone()).unwrap_or_default(),
        };
        let mut tenants = Vec::new();
        if admin.role == Role::Operator {
            tenants = tenants::all(&mut reader).await?;
        }
        Ok(Some(Self {
            admin: admin.name,
            role: admin.role,
            is_from_provider: admin.is_from_provider,
            tenant,
            tenants,
            clock,
            csrf: app.key().csrf_token(&cookie),
        }))
    }

    /// The hidden field without which no form of theirs is believed.
    pub(crate) fn csrf_field(&self) -> Markup {
        csrf_field(&self.csrf)
    }
}

pub(crate) fn csrf_field(token: &Secret) -> Markup {
    html! { input type="hidden" name="csrf" value=(token.expose()); }
}

impl<S: Send + Sync> FromRequestParts<S> for View {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        // Put there by the layer before every page; without it there is nobody to show anything to.
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| layout::message(StatusCode::UNAUTHORIZED, "Sign in to see this page."))
    }
}
