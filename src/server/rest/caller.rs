//! Who calls: the token, what it may do, and whose tenant it is about.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};

use super::problem::{Outcome, Problem};
use crate::app::App;
use crate::tenants;
use crate::tokens::{self, Scope, Token};

/// The header in which a token for all tenants names one.
pub(crate) const TENANT: &str = "hotdesk-tenant";
/// Longest token that can be ours.
const TOKEN_LENGTH_MAX: usize = 64;

/// A scope, as a type: a handler cannot be written without saying which one it needs.
pub(crate) trait Needs: Send + Sync {
    const SCOPE: Scope;
}

macro_rules! needs {
    ($($name:ident),+) => { $(
        /// The scope of this name.
        #[derive(Debug)]
        pub(crate) struct $name;
        impl Needs for $name {
            const SCOPE: Scope = Scope::$name;
        }
    )+ };
}
needs!(Read, LogOut, Manage);

/// A caller that may do what `S` says, in one tenant.
#[derive(Debug)]
pub(crate) struct Caller<S> {
    pub(crate) tenant: i64,
    /// Their name in the audit.
    pub(crate) actor: String,
    scope: PhantomData<S>,
}

/// A caller that may run things: a tenant's administrators and tokens, or all of them.
#[derive(Debug)]
pub(crate) struct Operator {
    /// None: what belongs to no tenant, or to all of them.
    pub(crate) tenant: Option<i64>,
    pub(crate) actor: String,
    /// What the token may do: it gives nobody more than that.
    pub(crate) scopes: Vec<Scope>,
}

impl Operator {
    /// Only for a token that belongs to no tenant, and names none.
    pub(crate) fn of_all(&self) -> Outcome<()> {
        match self.tenant {
            None => Ok(()),
            Some(_) => Err(Problem::new(
                StatusCode::FORBIDDEN,
                "Only an operator's token may do this, without naming a tenant.",
            )),
        }
    }
}

/// The token that a request carries.
pub(crate) async fn token(app: &App, headers: &HeaderMap) -> Outcome<Token> {
    let unknown = || {
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "Send a token that holds: Authorization: Bearer hd_...",
        )
    };
    let text = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .filter(|text| text.len() <= TOKEN_LENGTH_MAX)
        .ok_or_else(unknown)?;
    tokens::find(app, text.trim()).await?.ok_or_else(unknown)
}

/// The token, if it has the scope, and the tenant that it is about.
async fn allowed(app: &App, parts: &Parts, scope: Scope) -> Outcome<(Token, Option<i64>)> {
    let token = token(app, &parts.headers).await?;
    if !token.scopes().contains(&scope) {
        let why = format!("This token has not the scope {}.", scope.word());
        return Err(Problem::new(StatusCode::FORBIDDEN, why));
    }
    let Some(named) = parts.headers.get(TENANT) else {
        let own = token.tenant_id;
        return Ok((token, own));
    };
    let named = named
        .to_str()
        .ok()
        .and_then(|text| text.parse::<i64>().ok());
    let named = named.ok_or_else(|| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "Hotdesk-Tenant is the number of a tenant.",
        )
    })?;
    if token.tenant_id.is_some_and(|own| own != named) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "This token is for another tenant.",
        ));
    }
    tenants::find(&mut *app.reader().await?, named)
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok((token, Some(named)))
}

impl<S: Needs> FromRequestParts<App> for Caller<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Self> {
        let (token, tenant) = allowed(app, parts, S::SCOPE).await?;
        let tenant = tenant.ok_or_else(|| {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "Say which tenant is meant: Hotdesk-Tenant: 1",
            )
        })?;
        Ok(Self {
            tenant,
            actor: actor(&token),
            scope: PhantomData,
        })
    }
}

impl FromRequestParts<App> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Outcome<Self> {
        let (token, tenant) = allowed(app, parts, Scope::Operate).await?;
        Ok(Self {
            tenant,
            actor: actor(&token),
            scopes: token.scopes(),
        })
    }
}

fn actor(token: &Token) -> String {
    format!("token {}", token.name)
}
