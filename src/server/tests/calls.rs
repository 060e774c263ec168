//! A program that calls the administrators' API with its token.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header};
use hotdesk_server::portal_router;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::office::{Office, Reply};

pub(crate) struct Program {
    router: Router,
    token: String,
    /// More headers for every request.
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Program {
    /// With a token of the first tenant that has these scopes.
    pub(crate) async fn with(office: &Office, scopes: &str) -> Self {
        Self::of_tenant(office, scopes, Some("Main")).await
    }

    pub(crate) async fn of_tenant(office: &Office, scopes: &str, tenant: Option<&str>) -> Self {
        let token = office.app.create_token("test", scopes, tenant, None);
        Self::holding(office, token.await.unwrap().expose())
    }

    pub(crate) fn holding(office: &Office, token: &str) -> Self {
        Self {
            router: portal_router(office.app.clone()),
            token: token.to_owned(),
            headers: Vec::new(),
        }
    }

    /// The same program, saying one thing more.
    pub(crate) fn saying(&self, name: &'static str, value: &str) -> Self {
        let mut headers = self.headers.clone();
        headers.push((name, value.to_owned()));
        Self {
            router: self.router.clone(),
            token: self.token.clone(),
            headers,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, Some(body)).await
    }

    /// Sends a table.
    pub(crate) async fn post_table(&self, path: &str, table: &str) -> Reply {
        let body = Body::from(table.to_owned());
        let typed = self.saying("content-type", "text/csv");
        typed.send_body(Method::POST, path, body).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        match body {
            Some(value) => {
                let typed = self.saying("content-type", "application/json");
                let body = Body::from(value.to_string());
                typed.send_body(method, path, body).await
            }
            None => self.send_body(method, path, Body::empty()).await,
        }
    }

    async fn send_body(&self, method: Method, path: &str, body: Body) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let request = request.body(body).unwrap();
        Reply::of(self.router.clone().oneshot(request).await.unwrap()).await
    }
}

/// The field of an answer, as text.
pub(crate) fn field(reply: &Reply, pointer: &str) -> String {
    let value = reply.value();
    let found = value.pointer(pointer);
    let found = found.unwrap_or_else(|| panic!("no {pointer} in {}", reply.text));
    found
        .as_str()
        .map_or_else(|| found.to_string(), str::to_owned)
}
