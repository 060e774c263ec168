//! An administrator's browser: keeps its cookie and fills in forms as the pages ask.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use hotdesk_provisioning::Secret;
use hotdesk_server::portal_router;
use tower::ServiceExt as _;

use crate::office::{Office, Reply};

pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) struct Admin {
    router: Router,
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

impl Admin {
    /// A browser that has just seen the sign-in page.
    pub(crate) async fn visitor(office: &Office) -> Self {
        let router = portal_router(office.app.clone());
        let mut visitor = Self {
            router,
            cookie: String::new(),
            csrf: String::new(),
        };
        let page = visitor.get("/sign-in").await;
        visitor.remember(&page);
        visitor.csrf = csrf_of(&page.text);
        visitor
    }

    pub(crate) async fn sign_in(office: &Office) -> Self {
        office
            .app
            .set_admin_password("admin", &Secret::new(PASSWORD.to_owned()))
            .await
            .unwrap();
        Self::sign_in_as(office, "admin", PASSWORD).await
    }

    /// An administrator who is there already.
    pub(crate) async fn sign_in_as(office: &Office, name: &str, password: &str) -> Self {
        let mut admin = Self::visitor(office).await;
        let reply = admin.try_password(name, password).await;
        assert_eq!(reply.status, 303, "{}", reply.text);
        admin.remember(&reply);
        admin.csrf = csrf_of(&admin.get("/").await.text);
        admin
    }

    /// A user on their own page.
    pub(crate) async fn user(office: &Office, number: &str, pin: &str) -> Self {
        let mut user = Self::visitor(office).await;
        let fields = [("number", number), ("pin", pin)];
        let reply = user.post("/me/sign-in", &fields).await;
        assert_eq!(reply.status, 303, "{}", reply.text);
        user.remember(&reply);
        user.csrf = csrf_of(&user.get("/me").await.text);
        user
    }

    pub(crate) async fn try_password(&self, name: &str, password: &str) -> Reply {
        self.post("/sign-in", &[("name", name), ("password", password)])
            .await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path), String::new()).await
    }

    /// Sends a form with the proof that the page gave.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.post_with_csrf(path, fields, &self.csrf).await
    }

    pub(crate) async fn post_with_csrf(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        csrf: &str,
    ) -> Reply {
        let mut body = format!("csrf={csrf}");
        for (name, value) in fields {
            let value: String = value.bytes().map(|byte| format!("%{byte:02x}")).collect();
            body.push_str(&format!("&{name}={value}"));
        }
        self.send(Request::post(path), body).await
    }

    /// Sends a form whose fields have one name several times.
    pub(crate) async fn post_text(&self, path: &str, fields: &str) -> Reply {
        let body = format!("csrf={}&{fields}", self.csrf);
        self.send(Request::post(path), body).await
    }

    async fn send(&self, request: axum::http::request::Builder, body: String) -> Reply {
        let request = request
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        Reply::of(self.router.clone().oneshot(request).await.unwrap()).await
    }

    fn remember(&mut self, reply: &Reply) {
        let set = reply.headers[header::SET_COOKIE].to_str().unwrap();
        self.cookie = set.split(';').next().unwrap().to_owned();
    }
}

/// The hidden field of the first form.
pub(crate) fn csrf_of(page: &str) -> String {
    let (_, rest) = page
        .split_once("name=\"csrf\" value=\"")
        .expect("a form with its proof");
    rest.split('"').next().unwrap().to_owned()
}
