//! `hotdeskd screens` as it is typed: a picture from a state, or a sentence.

#![cfg(feature = "preview")]

use std::path::Path;
use std::process::{Command, Output};

const STATE: &str = r#"{"screen": {
    "status_bar": {"title": "Desk 12", "clock": "10:42", "signs": ["lock"]},
    "body": {"notice": {"title": "Sign in to use this phone"}},
    "soft_keys": [{"label": "Log In", "primary": true}, null, {"label": "Menu"}]
}}"#;

fn draw(panel: &str, state: &Path, png: &Path) -> std::io::Result<Output> {
    Command::new(env!("CARGO_BIN_EXE_hotdeskd"))
        .args(["screens", "--panel", panel, "--state"])
        .arg(state)
        .arg("--png")
        .arg(png)
        .output()
}

#[test]
fn a_state_becomes_a_picture_of_the_panels_size_and_a_mistake_becomes_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let (state, png) = (folder.path().join("s.json"), folder.path().join("s.png"));
    std::fs::write(&state, STATE).unwrap();
    for (panel, size) in [("132x64", [132, 64]), ("800x480", [800_u32, 480])] {
        let output = draw(panel, &state, &png).unwrap();
        assert!(output.status.success(), "{output:?}");
        let file = std::fs::read(&png).unwrap();
        assert!(file.starts_with(b"\x89PNG\r\n\x1a\n"));
        // Width and height are the first fields of the first chunk.
        assert_eq!(file[16..24], size.map(u32::to_be_bytes).concat()[..]);
    }
    let told = |panel: &str, state: &Path| {
        let output = draw(panel, state, &folder.path().join("none.png")).unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(told("640x480", &state).contains("there is no panel \"640x480\""));
    assert!(told("132x64", &folder.path().join("gone")).contains("gone: No such file"));
    std::fs::write(&state, STATE.replace("title", "headline")).unwrap();
    let mistake = told("132x64", &state);
    assert!(
        mistake.contains("s.json: unknown field `headline`") && mistake.contains("line 2"),
        "{mistake}"
    );
    assert!(!folder.path().join("none.png").exists());
}
