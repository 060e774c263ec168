//! Every page, for each role: nobody is shut out by how it is made, in light and dark, on a mobile phone and on a wide screen. With
//! HOTDESK_SCREENS set to a folder, pictures of all of them are put there.

use std::path::{Path, PathBuf};

use rig::{JANE, JANE_PIN, JANE_SHORT};
use serde_json::{Value, json};

use crate::office::{ADMINISTRATOR, HELP_DESK, OPERATOR, Office};
use crate::routes::{self, Door};
use crate::window::Window;

/// A mobile phone, a laptop, a wide screen.
const WIDTHS: [u32; 3] = [390, 1200, 1920];
/// Rules that somebody else made for everybody: WCAG 2.1, A and AA, and what is good practice beside.
const RULES: [&str; 5] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];
/// Rows of a long table that are made as those above them: looking at all of them takes minutes.
const ALIKE: &str = "tbody tr:nth-child(n + 13)";
/// Highest picture of a page.
const HEIGHT_MAX: u64 = 2400;

#[tokio::test(flavor = "multi_thread")]
async fn everybody_can_read_every_page() {
    let office = Office::open().await;
    let phone = office.world.site.phone(0).await;
    phone.log_in(JANE_SHORT, JANE_PIN).await;
    phone.expect_user(JANE).await;
    let other = office.world.site.phone(1).await;
    other.log_in("2003", "4567").await;
    other.expect_screen("L03").await;
    let window = &office.window;
    learn_rules(window).await;

    let mut faults = Vec::new();
    for path in ["/sign-in", "/me/sign-in", "/nowhere"] {
        faults.extend(look(window, "visitor", path).await);
    }
    for (name, door) in [
        (OPERATOR, Door::Operator),
        (ADMINISTRATOR, Door::Administrator),
        (HELP_DESK, Door::HelpDesk),
    ] {
        window.sign_in(name).await;
        for path in pages(door) {
            faults.extend(look(window, name, &path).await);
        }
    }
    window.sign_in_as_user(JANE_SHORT, JANE_PIN).await;
    faults.extend(look(window, "user", "/me").await);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What this role's pages are: for the mightier ones, those that the others have not.
fn pages(door: Door) -> Vec<String> {
    let pages = routes::all().into_iter().filter(|route| route.is_page());
    let mut paths: Vec<String> = pages
        .filter(|route| match door {
            Door::Operator => route.door >= Door::HelpDesk,
            Door::HelpDesk => route.door == Door::HelpDesk,
            Door::Administrator => route.path == "/" || route.path == "/settings",
            Door::Open | Door::User => false,
        })
        .map(|route| route.path)
        .collect();
    if door == Door::Operator {
        let found = [
            "/phones?q=nothing+like+it",
            "/users?show=signed_in",
            "/audit?event=refused",
            "/associations?at=x",
        ];
        paths.extend(found.map(str::to_owned));
    }
    paths
}

/// Everything that is wrong with a page.
async fn look(window: &Window, who: &str, path: &str) -> Vec<String> {
    let mut faults = Vec::new();
    window.set_size(1200, 900).await;
    window.set_theme("light").await;
    window.goto(path).await;
    for fault in broken_rules(window, &json!({ "type": "tag", "values": RULES })).await {
        faults.push(format!("{who} at {path}: {fault}"));
    }
    window.set_theme("dark").await;
    for fault in broken_rules(
        window,
        &json!({ "type": "rule", "values": ["color-contrast"] }),
    )
    .await
    {
        faults.push(format!("{who} at {path}, dark: {fault}"));
    }
    for width in WIDTHS {
        window.set_size(width, 900).await;
        let wide = window
            .script(
                "return [document.documentElement.scrollWidth, innerWidth]",
                vec![],
            )
            .await;
        if wide[0].as_u64() > wide[1].as_u64() {
            faults.push(format!(
                "{who} at {path}: {} pixels wide on a screen of {width}",
                wide[0]
            ));
        }
    }
    if let Some(folder) = pictures() {
        let name = format!("{who}{}", path.replace(['/', '?', '=', '&', '+'], "-"));
        for (theme, width) in [
            ("light", 1200),
            ("dark", 1200),
            ("light", 390),
            ("dark", 390),
        ] {
            draw(
                window,
                theme,
                width,
                &folder.join(format!("{name}-{theme}-{width}.png")),
            )
            .await;
        }
    }
    faults
}

/// Where pictures are wanted, if they are.
fn pictures() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("HOTDESK_SCREENS")?);
    std::fs::create_dir_all(&folder).expect("the folder for pictures can be made");
    Some(folder)
}

async fn draw(window: &Window, theme: &str, width: u32, file: &Path) {
    window.set_theme(theme).await;
    window.set_size(width, 900).await;
    let height = window
        .script("return document.documentElement.scrollHeight", vec![])
        .await;
    let height = height.as_u64().unwrap_or(0).clamp(600, HEIGHT_MAX);
    window
        .set_size(width, u32::try_from(height).unwrap_or(900))
        .await;
    let png = window.client.screenshot().await.expect("the browser draws");
    std::fs::write(file, png).expect("the folder takes pictures");
}

/// Gives every page from now on the rules' code: the portal itself lets no strange script in.
async fn learn_rules(window: &Window) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/axe");
    let code = std::fs::read_dir(&root).ok().and_then(|mut files| {
        files.find_map(|file| std::fs::read_to_string(file.ok()?.path()).ok())
    });
    let code = code.expect("axe-core is in target/axe: .ci/axe, or make test");
    window
        .tell_browser(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": code }),
        )
        .await;
}

async fn broken_rules(window: &Window, rules: &Value) -> Vec<String> {
    let script = "const [rules, alike, done] = arguments;
        const places = (nodes) => nodes.slice(0, 3).map((node) => `${node.target.join(' ')} (${node.any.concat(node.all, node.none).map((c) => c.message).join('; ')})`).join(', ');
        axe.run({ exclude: [alike] }, { runOnly: rules, resultTypes: ['violations'] }).then(
            (found) => done(found.violations.map((rule) => `${rule.id}: ${rule.help}: ${rule.nodes.length}: ${places(rule.nodes)}`)),
            (error) => done([`axe: ${error}`]));";
    let found = window
        .script_until_done(script, vec![rules.clone(), json!(ALIKE)])
        .await;
    let found = found.as_array().expect("a list of faults").iter();
    found
        .map(|fault| fault.as_str().unwrap_or_default().to_owned())
        .collect()
}
