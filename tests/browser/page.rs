//! What a person does with the page: looks at a phone, presses its keys.

use std::time::Duration;

use fantoccini::actions::{InputSource as _, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use rig::eventually;

/// Longer than the page waits until a key is held.
const HELD: Duration = Duration::from_millis(1200);

/// A rectangle of a picture, and its pixels, three bytes each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Patch {
    /// From the left.
    pub(crate) x: u32,
    /// From the top.
    pub(crate) y: u32,
    /// Pixels.
    pub(crate) width: u32,
    /// Pixels.
    pub(crate) height: u32,
    /// Row by row.
    pub(crate) rgb: Vec<u8>,
}

/// One phone on the page.
pub(crate) struct PagePhone<'a> {
    client: &'a Client,
    number: usize,
}

/// Opens the page and waits until it shows `count` phones.
pub(crate) async fn open(client: &Client, url: &str, count: usize) {
    client.goto(url).await.expect("the page opens");
    eventually("the page shows every phone", async || {
        let phones = client
            .find_all(Locator::Css(".phone"))
            .await
            .map_err(|e| e.to_string())?;
        if phones.len() == count {
            Ok(())
        } else {
            Err(format!("{} phones", phones.len()))
        }
    })
    .await;
}

impl<'a> PagePhone<'a> {
    /// The phone with this number, counted from 1.
    pub(crate) fn new(client: &'a Client, number: usize) -> Self {
        Self { client, number }
    }

    /// Clicks one key after the other.
    pub(crate) async fn click(&self, keys: &[&str]) {
        for key in keys {
            self.key(key).await.click().await.unwrap_or_else(|e| {
                panic!("key {key} of phone {} cannot be clicked: {e}", self.number)
            });
        }
    }

    /// Presses a key with the mouse and lets go when it counts as held.
    pub(crate) async fn hold(&self, key: &str) {
        let button = MOUSE_BUTTON_LEFT;
        let to_key = PointerAction::MoveToElement {
            element: self.key(key).await,
            duration: None,
            x: 0.0,
            y: 0.0,
        };
        let mouse = MouseActions::new("mouse".to_owned())
            .then(to_key)
            .then(PointerAction::Down { button })
            .then(PointerAction::Pause { duration: HELD })
            .then(PointerAction::Up { button });
        let held = self.client.perform_actions(mouse).await;
        held.unwrap_or_else(|e| panic!("key {key} of phone {} cannot be held: {e}", self.number));
    }

    async fn key(&self, key: &str) -> Element {
        let selector = format!(
            "[data-phone=\"{}\"] button[data-key=\"{key}\"]",
            self.number
        );
        let button = self.client.find(Locator::Css(&selector)).await;
        button.unwrap_or_else(|e| panic!("phone {} has no key {key}: {e}", self.number))
    }

    /// Chooses the panel of the phone, and waits until the page has drawn the phone around it.
    pub(crate) async fn choose_panel(&self, panel: &str) {
        let selector = format!("[data-phone=\"{}\"] [data-choice=panel]", self.number);
        let list = self.client.find(Locator::Css(&selector)).await;
        let list = list.expect("the page offers panels");
        list.select_by_value(panel)
            .await
            .unwrap_or_else(|e| panic!("{panel} cannot be chosen: {e}"));
        let what = format!("phone {} has glass of {panel}", self.number);
        eventually(&what, async || {
            let script = "const canvas = phone.querySelector('canvas');
                return [`${canvas.width}x${canvas.height}`, Boolean(canvas.dataset.picture)];";
            match self.script(script, vec![]).await {
                size if size == json!([panel, true]) => Ok(()),
                other => Err(other.to_string()),
            }
        })
        .await;
    }

    /// Types on the keyboard while the phone has the focus.
    pub(crate) async fn type_keys(&self, text: &str) {
        let selector = format!("[data-phone=\"{}\"]", self.number);
        let phone = self.client.find(Locator::Css(&selector)).await;
        let phone = phone.expect("the phone is on the page");
        phone
            .send_keys(text)
            .await
            .expect("the phone takes the focus");
    }

    /// Waits until the page says (to a screen reader) every one of `words`.
    pub(crate) async fn says(&self, words: &[&str]) {
        let what = format!("phone {} says {words:?}", self.number);
        eventually(&what, async || {
            let text = self
                .script("return phone.querySelector('.spoken').textContent", vec![])
                .await;
            let text = text.as_str().unwrap_or_default().to_owned();
            if words.iter().all(|word| text.contains(word)) {
                Ok(())
            } else {
                Err(text)
            }
        })
        .await;
    }

    /// Whether a lamp is lit.
    pub(crate) async fn lamp(&self, name: &str) -> bool {
        let script =
            "return phone.querySelector(`[data-lamp='${facts[0]}']`).dataset.on === 'true'";
        self.script(script, vec![json!(name)]).await == json!(true)
    }

    /// Waits until the pixels on the glass are those of `expected`, every one of them.
    pub(crate) async fn shows(&self, what: &str, expected: &Patch) {
        let what = format!("the glass of phone {} shows {what}", self.number);
        eventually(&what, async || {
            let seen = self.pixels(expected).await;
            let different = seen
                .chunks(3)
                .zip(expected.rgb.chunks(3))
                .filter(|(a, b)| a != b);
            match different.count() {
                0 if seen.len() == expected.rgb.len() => Ok(()),
                count => Err(format!(
                    "{count} of {} pixels are different",
                    expected.rgb.len() / 3
                )),
            }
        })
        .await;
    }

    /// The pixels of the canvas in the rectangle of `patch`.
    pub(crate) async fn pixels(&self, patch: &Patch) -> Vec<u8> {
        let script = "const [x, y, width, height] = facts;
            const context = phone.querySelector('canvas').getContext('2d');
            return Array.from(context.getImageData(x, y, width, height).data).filter((_, i) => i % 4 < 3);";
        let rectangle = [patch.x, patch.y, patch.width, patch.height];
        let answer = self
            .script(script, rectangle.map(|n| json!(n)).to_vec())
            .await;
        let values = answer.as_array().expect("the canvas has pixels");
        let byte = |value: &Value| value.as_u64().and_then(|v| u8::try_from(v).ok());
        values.iter().filter_map(byte).collect()
    }

    /// Runs a script in the page that knows its `phone` and the `facts`.
    async fn script(&self, script: &str, facts: Vec<Value>) -> Value {
        let script = format!(
            "const [number, facts] = arguments;
            const phone = document.querySelector(`[data-phone='${{number}}']`);
            {script}"
        );
        let arguments = vec![json!(self.number), json!(facts)];
        let answer = self.client.execute(&script, arguments).await;
        answer.expect("the page runs the script")
    }
}
