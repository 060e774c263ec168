//! Who may do what, asked of every route that the router has, whatever the pages show.

use serde_json::{Value, json};

use crate::office::{ADMINISTRATOR, HELP_DESK, OPERATOR, Office};
use crate::routes::{self, Door, Route};
use crate::window::Window;

/// What a route answers to a browser.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Answer {
    /// The page or the file.
    Shown,
    /// Somewhere else: to a sign-in page.
    Sent,
    /// This is for somebody mightier.
    NotForYou,
    /// The right person, but not the portal's own form.
    Forged,
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_has_its_routes_and_no_other() {
    let office = Office::open().await;
    let window = &office.window;
    let mut faults = Vec::new();

    window.goto("/sign-in").await;
    window.forget().await;
    faults.extend(ask_all(window, "a visitor", Door::Open).await);
    for (name, door) in [
        (HELP_DESK, Door::HelpDesk),
        (ADMINISTRATOR, Door::Administrator),
        (OPERATOR, Door::Operator),
    ] {
        window.sign_in(name).await;
        faults.extend(ask_all(window, name, door).await);
        faults.extend(dead_links(window, name).await);
    }
    window.sign_in_as_user(rig::JANE_SHORT, rig::JANE_PIN).await;
    faults.extend(ask_all(window, "a user", Door::User).await);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_neighbour_is_seen() {
    let office = Office::open().await;
    let window = &office.window;
    window.sign_in(ADMINISTRATOR).await;
    window.goto("/phones?q=Neighbour").await;
    window.sees("No phone was found.").await;
    window.goto("/users?q=Nick").await;
    window.sees("Nobody was found.").await;
    // The demonstration's 3 phones and 5 users and a hundred more are the company's; the neighbour's come after them.
    for path in ["/phones/104", "/users/106", "/policies/site/2"] {
        window.goto(path).await;
        window.sees("There is no such page.").await;
    }
    window.sign_in(OPERATOR).await;
    window.script("const choice = document.querySelector('select[name=tenant]'); choice.value = '2'; choice.dispatchEvent(new Event('change', { bubbles: true }));", vec![]).await;
    window.sees("Neighbour's desk").await;
    window.goto("/phones/104").await;
    window.sees("Neighbour's desk").await;
}

/// What is wrong with the answers to somebody who passes `door`.
async fn ask_all(window: &Window, who: &str, door: Door) -> Vec<String> {
    let mut faults = Vec::new();
    for route in routes::all() {
        for method in ["GET", "POST"] {
            if (method == "GET" && !route.gets) || (method == "POST" && !route.posts) {
                continue;
            }
            let (answer, status) = ask(window, method, &route.path).await;
            let expected = expected(&route, method, door);
            if answer != Some(expected) {
                faults.push(format!(
                    "{who}: {method} {}: {expected:?} expected, {status} is {answer:?}",
                    route.path
                ));
            }
        }
    }
    faults
}

fn expected(route: &Route, method: &str, door: Door) -> Answer {
    let may_be_asked = if method == "GET" {
        Answer::Shown
    } else {
        Answer::Forged
    };
    match (route.door, door) {
        (Door::Open, _) | (Door::User, Door::User) => may_be_asked,
        (Door::User, _) | (_, Door::Open | Door::User) => Answer::Sent,
        (needed, has) if has >= needed => may_be_asked,
        (_, _) => Answer::NotForYou,
    }
}

async fn ask(window: &Window, method: &str, path: &str) -> (Option<Answer>, Value) {
    // A stream of events never ends: its first line is enough.
    let script = "const [method, path, done] = arguments;
        const stop = new AbortController();
        const body = method === 'POST' ? new URLSearchParams({ name: 'x', csrf: 'guessed' }) : undefined;
        fetch(path, { method, body, redirect: 'manual', signal: stop.signal }).then(async (answer) => {
            const isStream = (answer.headers.get('content-type') ?? '').startsWith('text/event-stream');
            const text = isStream ? '' : await answer.text();
            stop.abort();
            done([answer.type === 'opaqueredirect' ? 303 : answer.status, text.includes('This is for'), text.includes('did not come from this page')]);
        }, (error) => done([0, String(error)]));";
    let said = window
        .script_until_done(script, vec![json!(method), json!(path)])
        .await;
    let answer = match (said[0].as_u64(), &said[1], &said[2]) {
        (Some(200), _, _) => Some(Answer::Shown),
        (Some(303), _, _) => Some(Answer::Sent),
        (Some(403), Value::Bool(true), _) => Some(Answer::NotForYou),
        (Some(403), _, Value::Bool(true)) => Some(Answer::Forged),
        _ => None,
    };
    (answer, said)
}

/// What the navigation offers and the server has not.
async fn dead_links(window: &Window, who: &str) -> Vec<String> {
    let script =
        "return [...document.querySelectorAll('nav a')].map((link) => link.getAttribute('href'))";
    let links = window.script(script, vec![]).await;
    let mut dead = Vec::new();
    for link in links
        .as_array()
        .expect("a list of links")
        .iter()
        .filter_map(Value::as_str)
    {
        let (answer, status) = ask(window, "GET", link).await;
        if answer != Some(Answer::Shown) {
            dead.push(format!("{who}: the navigation leads to {link}: {status}"));
        }
    }
    dead
}
