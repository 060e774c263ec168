//! `hotdesk-phone CONFIG`: the rig's phone as a process. Keys come in on standard input, the status goes out as one line of
//! JSON for each change. Ends when standard input does.

use std::path::Path;

use anyhow::{Context, Result};
use hotdesk_agent::Config;
use rig::Phone;
use tokio::io::{AsyncBufReadExt, BufReader};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let file = std::env::args()
        .nth(1)
        .context("usage: hotdesk-phone CONFIG")?;
    let phone = Phone::start(Config::load(Path::new(&file))?).await;
    let mut status = phone.follow();
    status.mark_changed();
    let mut keys = BufReader::new(tokio::io::stdin()).lines();
    loop {
        tokio::select! {
            changed = status.changed() => {
                changed.context("the phone ended")?;
                let line = serde_json::to_string(&**status.borrow_and_update())?;
                println!("{line}");
            }
            line = keys.next_line() => match line? {
                Some(line) => phone.press(&line).await,
                None => return Ok(()),
            },
        }
    }
}
