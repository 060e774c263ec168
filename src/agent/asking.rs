//! Questions on their way to the server: each one a task that ends in an answer for the loop. Never touches the core.

use std::sync::Arc;
use std::time::Duration;

use hotdesk_provisioning::{Report, Secret};
use hotdesk_session::{Event, Owed};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::client::{Client, Fetched};
use crate::{Question, events};

mod work;

/// Answers that may wait for the loop.
pub(crate) const ANSWERS_WAITING_MAX: usize = 32;

/// What comes back to the loop.
#[derive(Debug)]
pub(crate) enum Answer {
    /// For the core.
    Event(Event),
    /// The device token.
    Token(Secret),
    /// The desk's profile.
    Profile(Box<Fetched>),
    /// The server does not know our token (any more).
    TokenRefused,
}

/// An answer, and the run of its errand that it belongs to.
#[derive(Debug)]
pub(crate) struct Answered {
    errand: Option<(Standing, u64)>,
    pub(crate) answer: Answer,
}

/// Errands of which only the newest run counts; an earlier run is stopped and its answers are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Enrol,
    Profile,
    Sync,
    WarmUp,
    Events,
    Report,
    Screen,
}

/// How many kinds of [`Standing`] there are.
const STANDING: usize = 7;

/// Who asks: what a question needs beside its own content.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    /// The device token; without one only enrolment is possible.
    pub(crate) token: Option<Secret>,
    /// What proves that we are the phone that asked before.
    pub(crate) claim: Secret,
    /// `ETag` of the profile that we have.
    pub(crate) profile_tag: Option<String>,
}

/// Everything that is being asked.
#[derive(Debug)]
pub(crate) struct Asker {
    client: Arc<Client>,
    answers: mpsc::Sender<Answered>,
    runs: [Run; STANDING],
}

#[derive(Debug, Default)]
struct Run {
    number: u64,
    task: Option<JoinHandle<()>>,
}

impl Asker {
    pub(crate) fn new(client: Client) -> (Self, mpsc::Receiver<Answered>) {
        let (answers, answered) = mpsc::channel(ANSWERS_WAITING_MAX);
        let asker = Self {
            client: Arc::new(client),
            answers,
            runs: Default::default(),
        };
        (asker, answered)
    }

    /// Whether the answer is to a question that still stands.
    pub(crate) fn stands(&self, answered: &Answered) -> bool {
        answered.errand.is_none_or(|(standing, number)| {
            self.runs
                .get(standing as usize)
                .is_some_and(|run| run.number == number)
        })
    }

    /// Sends a question on its way.
    pub(crate) fn ask(&mut self, question: Question, identity: &Identity) {
        let Some(token) = identity.token.clone() else {
            return self.ask_as_nobody(question, identity);
        };
        let client = Arc::clone(&self.client);
        match question {
            Question::Enrol => self.enrol(identity.claim.clone(), Duration::ZERO),
            Question::Profile => {
                let tag = identity.profile_tag.clone();
                let reply = self.stand(Standing::Profile);
                self.run(Standing::Profile, work::profile(client, token, tag, reply));
            }
            Question::Sync { holding, offline } => {
                let reply = self.stand(Standing::Sync);
                let held = (holding, offline);
                self.run(Standing::Sync, work::sync(client, token, held, reply));
            }
            Question::WarmUp if self.is_running(Standing::WarmUp) => {}
            Question::WarmUp => {
                self.stand(Standing::WarmUp);
                self.run(Standing::WarmUp, async move {
                    // The question that the connection is for will say what is wrong.
                    let _ = client.ping(&token).await;
                });
            }
            Question::Once(request) => {
                let reply = self.reply();
                tokio::spawn(async move {
                    if let Some(event) = work::once(&client, &token, request).await {
                        reply.send_event(event).await;
                    }
                });
            }
        }
    }

    /// Asks for the device token after a while, again and again until it is there.
    pub(crate) fn enrol(&mut self, claim: Secret, wait: Duration) {
        let reply = self.stand(Standing::Enrol);
        let client = Arc::clone(&self.client);
        self.run(Standing::Enrol, async move {
            sleep(wait).await;
            work::enrol(client, claim, reply).await;
        });
    }

    /// Follows the event stream from now on, with this token.
    pub(crate) fn follow_events(&mut self, token: Secret) {
        let reply = self.stand(Standing::Events);
        let client = Arc::clone(&self.client);
        self.run(Standing::Events, events::follow(client, token, reply));
    }

    /// A phone without a token can only enrol. Whoever waits for an answer is told why there is none.
    fn ask_as_nobody(&mut self, question: Question, identity: &Identity) {
        match question {
            Question::Enrol => self.enrol(identity.claim.clone(), Duration::ZERO),
            Question::Profile | Question::Sync { .. } | Question::WarmUp => {}
            Question::Once(request) => {
                let reply = self.reply();
                if let Some(event) = work::unanswered(request) {
                    tokio::spawn(async move { reply.send_event(event).await });
                }
            }
        }
    }

    /// Tells the server how the phone is, again and again until it has heard it or there is something newer to tell.
    pub(crate) fn report(&mut self, report: Report, identity: &Identity) {
        let Some(token) = identity.token.clone() else {
            return;
        };
        let reply = self.stand(Standing::Report);
        let client = Arc::clone(&self.client);
        self.run(Standing::Report, work::report(client, token, report, reply));
    }

    /// Whether a screen is still on its way.
    pub(crate) fn is_showing(&self) -> bool {
        self.is_running(Standing::Screen)
    }

    /// Sends what is shown, once: if it is lost, the next one says more.
    pub(crate) fn show(&mut self, report: Report, identity: &Identity) {
        let Some(token) = identity.token.clone() else {
            return;
        };
        self.stand(Standing::Screen);
        let client = Arc::clone(&self.client);
        self.run(Standing::Screen, async move {
            let _ = client.deliver(&token, &Owed::Report { report }).await;
        });
    }

    /// Begins a new run; the former one is stopped.
    fn stand(&mut self, standing: Standing) -> Reply {
        let mut number = 0;
        if let Some(run) = self.runs.get_mut(standing as usize) {
            run.number = run.number.wrapping_add(1);
            number = run.number;
            if let Some(task) = run.task.take() {
                task.abort();
            }
        }
        self.reply_for(Some((standing, number)))
    }

    fn is_running(&self, standing: Standing) -> bool {
        let run = self.runs.get(standing as usize);
        run.and_then(|run| run.task.as_ref())
            .is_some_and(|task| !task.is_finished())
    }

    fn run(&mut self, standing: Standing, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(run) = self.runs.get_mut(standing as usize) {
            run.task = Some(tokio::spawn(work));
        }
    }

    /// The way back for something that is no question.
    pub(crate) fn reply(&self) -> Reply {
        self.reply_for(None)
    }

    /// Whether a token is being asked for.
    pub(crate) fn is_enrolling(&self) -> bool {
        self.is_running(Standing::Enrol)
    }

    fn reply_for(&self, errand: Option<(Standing, u64)>) -> Reply {
        Reply {
            errand,
            answers: self.answers.clone(),
        }
    }
}

/// The way back to the loop.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    errand: Option<(Standing, u64)>,
    answers: mpsc::Sender<Answered>,
}

impl Reply {
    pub(crate) async fn send(&self, answer: Answer) {
        let errand = self.errand;
        // A loop that is gone wants no answer.
        let _ = self.answers.send(Answered { errand, answer }).await;
    }

    pub(crate) async fn send_event(&self, event: Event) {
        self.send(Answer::Event(event)).await;
    }
}

#[cfg(test)]
mod tests {
    use hotdesk_provisioning::{AttemptId, Extension, Pin, RefusalCode};

    use super::*;
    use crate::test_server::{TestServer, json};
    use crate::{Clock, Request};

    #[tokio::test]
    async fn only_the_newest_sync_counts() {
        let server = TestServer::saying(json("200 OK", r#"{"profile":"v1","now":0}"#));
        let client = Client::new(server.phone(), &Clock::system()).unwrap();
        let (mut asker, mut answers) = Asker::new(client);
        let identity = Identity {
            token: Some(Secret::new("token".to_owned())),
            claim: Secret::new("claim".to_owned()),
            profile_tag: None,
        };
        let sync = || Question::Sync {
            holding: None,
            offline: Vec::new(),
        };
        asker.ask(sync(), &identity);
        let first = answers.recv().await.unwrap();
        assert!(asker.stands(&first));
        asker.ask(sync(), &identity);
        assert!(!asker.stands(&first), "it has been asked anew since");
        let second = answers.recv().await.unwrap();
        assert!(asker.stands(&second));
    }

    #[tokio::test]
    async fn a_phone_without_a_token_is_told_why_nobody_can_log_in() {
        let server = TestServer::saying(String::new());
        let client = Client::new(server.phone(), &Clock::system()).unwrap();
        let (mut asker, mut answers) = Asker::new(client);
        let nobody = Identity {
            token: None,
            claim: Secret::new("claim".to_owned()),
            profile_tag: None,
        };
        let request = Request::Open {
            attempt: AttemptId::from_random(1),
            extension: Extension::parse("2000").unwrap(),
            pin: Pin::parse("1234").unwrap(),
        };
        asker.ask(Question::Once(request), &nobody);
        let Answer::Event(Event::Opened { answer, .. }) = answers.recv().await.unwrap().answer
        else {
            panic!("the log-in is answered")
        };
        assert_eq!(answer.unwrap_err().code, RefusalCode::NotAuthenticated);
        assert!(server.requests().is_empty(), "the PIN stays here");
    }
}
