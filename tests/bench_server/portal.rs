//! The administrator who clicks "Log out".

use std::net::Ipv4Addr;

use anyhow::{Context as _, Result, ensure};
use tokio::net::TcpStream;

use crate::phone::Server;
use crate::wire::{Answer, Line, connect};

/// A browser that is signed in.
#[derive(Debug)]
pub(crate) struct Portal {
    line: Line<TcpStream>,
    cookie: String,
    csrf: String,
}

impl Portal {
    pub(crate) async fn sign_in(server: &Server, password: &str) -> Result<Self> {
        let stream = connect(server.portal, Ipv4Addr::LOCALHOST).await?;
        let mut portal = Self {
            line: Line::new(stream),
            cookie: String::new(),
            csrf: String::new(),
        };
        portal.read("/sign-in").await?;
        let answer = portal
            .send("/sign-in", &format!("&name=admin&password={password}"))
            .await?;
        ensure!(answer.status == 303, "the portal says {}", answer.status);
        portal.read("/users/1").await?;
        Ok(portal)
    }

    /// Logs somebody out.
    pub(crate) async fn end(&mut self, association: &str) -> Result<()> {
        let answer = self
            .send(&format!("/associations/{association}/end"), "")
            .await?;
        ensure!(answer.status == 303, "the portal says {}", answer.status);
        Ok(())
    }

    /// Reads a page with a form, for the token that proves it.
    async fn read(&mut self, path: &str) -> Result<()> {
        let headers = format!("Cookie: {}\r\n", self.cookie);
        let page = self.line.ask(&format!("GET {path}"), &headers, "").await?;
        self.keep(&page);
        let form = page.body.split("name=\"csrf\" value=\"").nth(1);
        let token = form.and_then(|rest| rest.split('"').next());
        token
            .context("a page with a form")?
            .clone_into(&mut self.csrf);
        Ok(())
    }

    async fn send(&mut self, path: &str, fields: &str) -> Result<Answer> {
        let headers = format!(
            "Cookie: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n",
            self.cookie
        );
        let body = format!("csrf={}{fields}", self.csrf);
        let answer = self
            .line
            .ask(&format!("POST {path}"), &headers, &body)
            .await?;
        self.keep(&answer);
        Ok(answer)
    }

    fn keep(&mut self, answer: &Answer) {
        let set = answer
            .header("set-cookie")
            .and_then(|text| text.split(';').next());
        if let Some(cookie) = set {
            cookie.clone_into(&mut self.cookie);
        }
    }
}
