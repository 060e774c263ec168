//! What the agent in the guest says of itself; for machines with a shell.

use std::time::Duration;

use hotdesk_agent::Status;
use hotdesk_agent::protocol::Answer;

use super::Machine;
use crate::eventually::eventually_within;

/// How the guest's shell asks the agent.
const ASK: &str = "hotdeskd --json --socket /run/hotdesk/control.sock";
/// Where the guest keeps what it was told to watch.
const WATCHED: &str = "/run/watched";
/// Longest that a phone may take to notice something: what cannot be written is tried again every 20 seconds.
const NOTICED_MAX: Duration = Duration::from_secs(60);

impl Machine {
    /// What the agent says of itself now; what else was printed where none answers.
    pub async fn status(&mut self) -> Result<Status, String> {
        let said = self.run(&format!("timeout 10 {ASK} status 2>&1")).await;
        match serde_json::from_str(said.trim()) {
            Ok(Answer::Status(status)) => Ok(status),
            Ok(other) => Err(format!("{other:?}")),
            Err(_) => Err(said),
        }
    }

    /// Waits until the agent's status is so, and returns it.
    pub async fn expect_status(&mut self, what: &str, is_so: impl Fn(&Status) -> bool) -> Status {
        eventually_within(NOTICED_MAX, what, async || match self.status().await {
            Ok(status) if is_so(&status) => Ok(status),
            Ok(status) => Err(format!("{status:?}")),
            Err(why) => Err(why),
        })
        .await
    }

    /// Waits until what does not work is exactly this: some words of each trouble's sentence.
    pub async fn expect_troubles(&mut self, words: &[&str]) -> Status {
        let what = format!("the troubles {words:?}");
        self.expect_status(&what, |status| {
            let said = &status.troubles;
            said.len() == words.len()
                && said
                    .iter()
                    .zip(words)
                    .all(|(said, words)| said.contains(words))
        })
        .await
    }

    /// Types a number on the keypad and presses OK, and waits until the call application is told to place an emergency
    /// call.
    pub async fn call_for_help(&mut self, number: &str) {
        let watch = format!("{{ {ASK} watch </dev/null >{WATCHED} 2>&1 & }}");
        self.run(&watch).await;
        // A phone that tries to start lets go of its socket for a moment: an application asks again.
        eventually_within(NOTICED_MAX, "the phone has an application", async || {
            let told = self.run(&format!("cat {WATCHED}")).await;
            if told.contains("\"status\"") {
                return Ok(());
            }
            if told.contains("no phone answers") {
                self.run(&watch).await;
            }
            Err(told)
        })
        .await;
        self.press(&format!("{number}K")).await;
        self.expect_watched(&format!("\"number\":\"{number}\",\"emergency\":true"))
            .await;
        self.run("kill $!").await;
    }

    async fn expect_watched(&mut self, line: &str) {
        let what = format!("the call application hears {line}");
        eventually_within(NOTICED_MAX, &what, async || {
            let told = self.run(&format!("cat {WATCHED}")).await;
            if told.contains(line) {
                Ok(())
            } else {
                Err(told)
            }
        })
        .await;
    }
}
