//! An administrator's browser, as far as the tests need one: cookies, forms, and what is on the page.

use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};

use crate::provd::Provd;

/// A signed-in administrator.
#[derive(Debug)]
pub struct Portal {
    client: Client,
    base: String,
    cookie: String,
}

impl Portal {
    /// Signs in. Name and password are plain letters, digits and hyphens: nothing that a form would have to escape.
    pub async fn sign_in(provd: &Provd, name: &str, password: &str) -> Self {
        let client = provd
            .client_builder()
            .redirect(Policy::none())
            .build()
            .unwrap();
        let mut portal = Self {
            client,
            base: provd.portal(),
            cookie: String::new(),
        };
        let page = portal.get("/sign-in").await;
        let answer = portal
            .post(
                "/sign-in",
                &page,
                &format!("&name={name}&password={password}"),
            )
            .await;
        assert_eq!(answer.status(), 303, "the portal lets {name} in");
        portal
    }

    /// Presses every "Log out" on the overview.
    pub async fn log_out_everybody(&mut self) {
        let page = self.get("/").await;
        let actions = page
            .split("action=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        let ends: Vec<&str> = actions.filter(|action| action.ends_with("/end")).collect();
        assert!(!ends.is_empty(), "somebody is signed in");
        for end in ends {
            let answer = self.post(end, &page, "").await;
            assert_eq!(answer.status(), 303, "{end} is done");
        }
    }

    /// What a page shows.
    pub async fn page(&mut self, path: &str) -> String {
        self.get(path).await
    }

    async fn get(&mut self, path: &str) -> String {
        let request = self
            .client
            .get(format!("{}{path}", self.base))
            .header(COOKIE, &self.cookie);
        let answer = request.send().await.unwrap();
        self.keep_cookie(&answer);
        answer.text().await.unwrap()
    }

    /// Sends a form of `page`, which holds the token that proves it.
    async fn post(&mut self, path: &str, page: &str, fields: &str) -> Response {
        let token = page
            .split("name=\"csrf\" value=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        let body = format!("csrf={}{fields}", token.expect("a form with a token"));
        let request = self
            .client
            .post(format!("{}{path}", self.base))
            .header(COOKIE, &self.cookie);
        let form = request
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        let answer = form.send().await.unwrap();
        self.keep_cookie(&answer);
        answer
    }

    fn keep_cookie(&mut self, answer: &Response) {
        if let Some(set) = answer.headers().get(SET_COOKIE) {
            let text = set.to_str().unwrap();
            self.cookie = text.split(';').next().unwrap_or_default().to_owned();
        }
    }
}
