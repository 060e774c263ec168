//! A browser's window with the portal in it, and what a person does there.

use fantoccini::elements::Element;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, Locator};
use reqwest::{Method, Url};
use serde_json::{Value, json};

use rig::eventually;

use crate::chromium::Chromium;
use crate::office::PASSWORD;

/// A window that shows a page of the portal.
pub(crate) struct Window {
    pub(crate) client: Client,
    base: String,
    _chromium: Chromium,
}

impl Window {
    /// Opens one on the portal at `base`.
    pub(crate) async fn open(base: &str) -> Self {
        let chromium = Chromium::start().await;
        Self {
            client: chromium.client.clone(),
            base: base.to_owned(),
            _chromium: chromium,
        }
    }

    /// Goes to a page.
    pub(crate) async fn goto(&self, path: &str) {
        let page = self.client.goto(&format!("{}{path}", self.base)).await;
        page.unwrap_or_else(|e| panic!("{path} opens: {e}"));
    }

    /// Signs an administrator in, whoever was there before.
    pub(crate) async fn sign_in(&self, name: &str) {
        self.forget().await;
        self.goto("/sign-in").await;
        self.fill("name", name).await;
        self.fill("password", PASSWORD).await;
        self.press("Sign in").await;
        self.sees("Sign out").await;
    }

    /// Signs a user in on their own page.
    pub(crate) async fn sign_in_as_user(&self, number: &str, pin: &str) {
        self.forget().await;
        self.goto("/me/sign-in").await;
        self.fill("number", number).await;
        self.fill("pin", pin).await;
        self.press("Sign in").await;
        self.sees("Where am I?").await;
    }

    /// Forgets who was there.
    pub(crate) async fn forget(&self) {
        let forgotten = self.client.delete_all_cookies().await;
        forgotten.expect("the browser forgets its cookies");
    }

    /// Types into the field of this name, instead of what it held.
    pub(crate) async fn fill(&self, name: &str, text: &str) {
        self.fill_at(&format!("[name='{name}']"), text).await;
    }

    /// Types into a field.
    pub(crate) async fn fill_at(&self, css: &str, text: &str) {
        let field = self.find(Locator::Css(css), css).await;
        field.clear().await.expect("a field can be emptied");
        let typed = field.send_keys(text).await;
        typed.unwrap_or_else(|e| panic!("{css} takes {text:?}: {e}"));
    }

    /// Presses the button or follows the link that says this or is called this.
    pub(crate) async fn press(&self, name: &str) {
        let path = format!(
            "//*[self::button or self::a or self::summary][normalize-space()={name:?} or @aria-label={name:?}]"
        );
        let found = self.find(Locator::XPath(&path), name).await;
        let pressed = found.click().await;
        pressed.unwrap_or_else(|e| panic!("{name:?} can be pressed: {e}"));
    }

    /// Clicks what a selector finds.
    pub(crate) async fn click(&self, css: &str) {
        let found = self.find(Locator::Css(css), css).await;
        let clicked = found.click().await;
        clicked.unwrap_or_else(|e| panic!("{css} can be clicked: {e}"));
    }

    /// Says yes to the question that is asked.
    pub(crate) async fn say_yes(&self) {
        let answered = self.client.accept_alert().await;
        answered.expect("the page asks before it does this");
    }

    async fn find(&self, what: Locator<'_>, name: &str) -> Element {
        eventually(&format!("{name:?} is on the page"), async || {
            self.client.find(what).await.map_err(|e| e.to_string())
        })
        .await
    }

    /// Waits until the page says this.
    pub(crate) async fn sees(&self, text: &str) {
        self.sees_in("body", text).await;
    }

    /// Waits until a part of the page says this.
    pub(crate) async fn sees_in(&self, css: &str, text: &str) {
        eventually(&format!("{css} says {text:?}"), async || {
            let said = self.says(css).await;
            if said.contains(text) {
                Ok(())
            } else {
                Err(said)
            }
        })
        .await;
    }

    /// Waits until a part of the page does not say this any more.
    pub(crate) async fn sees_no(&self, css: &str, text: &str) {
        eventually(&format!("{css} does not say {text:?}"), async || {
            let said = self.says(css).await;
            if said.is_empty() || said.contains(text) {
                Err(said)
            } else {
                Ok(())
            }
        })
        .await;
    }

    /// What is to be read in a part of the page; nothing while the page is exchanged.
    pub(crate) async fn says(&self, css: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.innerText ?? ''";
        let said = self.client.execute(script, vec![json!(css)]).await;
        let said = said.unwrap_or_default();
        said.as_str().unwrap_or_default().to_owned()
    }

    /// Runs a script in the page.
    pub(crate) async fn script(&self, script: &str, arguments: Vec<Value>) -> Value {
        let answer = self.client.execute(script, arguments).await;
        answer.unwrap_or_else(|e| panic!("the page runs {script}: {e}"))
    }

    /// Runs a script in the page that calls its last argument when it is done.
    pub(crate) async fn script_until_done(&self, script: &str, arguments: Vec<Value>) -> Value {
        let answer = self.client.execute_async(script, arguments).await;
        answer.unwrap_or_else(|e| panic!("the page runs {script}: {e}"))
    }

    /// Sends a form as if the page had it: to prepare what a test does not look at.
    pub(crate) async fn send(&self, path: &str, fields: &str) {
        let script = "const [path, fields, done] = arguments;
            const token = encodeURIComponent(document.querySelector('input[name=csrf]').value);
            const headers = { 'content-type': 'application/x-www-form-urlencoded' };
            fetch(path, { method: 'POST', redirect: 'manual', headers, body: `csrf=${token}&${fields}` })
                .then((answer) => answer.type === 'opaqueredirect' ? done('') : answer.text().then(done));";
        let answer = self.script_until_done(script, vec![json!(path), json!(fields)]);
        assert_eq!(answer.await, json!(""), "{path} takes {fields}");
    }

    /// What Chromium itself is told, by its own protocol.
    pub(crate) async fn tell_browser(&self, command: &'static str, parameters: Value) -> Value {
        let told = self
            .client
            .issue_cmd(Own {
                command,
                parameters,
            })
            .await;
        told.unwrap_or_else(|e| panic!("Chromium does {command}: {e}"))
    }

    /// Makes the window so wide, and high enough for what it shows.
    pub(crate) async fn set_size(&self, width: u32, height: u32) {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.tell_browser("Emulation.setDeviceMetricsOverride", size)
            .await;
    }

    /// Light or dark.
    pub(crate) async fn set_theme(&self, theme: &str) {
        let scheme = json!([{ "name": "prefers-color-scheme", "value": theme }]);
        self.tell_browser("Emulation.setEmulatedMedia", json!({ "features": scheme }))
            .await;
    }
}

/// A command of Chromium's own protocol, passed on by its driver.
#[derive(Debug)]
struct Own {
    command: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for Own {
    fn endpoint(
        &self,
        base: &Url,
        session: Option<&str>,
    ) -> Result<Url, <Url as std::str::FromStr>::Err> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/goog/cdp/execute"))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let body = json!({ "cmd": self.command, "params": self.parameters });
        (Method::POST, Some(body.to_string()))
    }
}
