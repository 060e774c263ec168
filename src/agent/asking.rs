//! Questions on their way to the server: each one a task that ends in an answer for the loop. Never touches the core.

use std::sync::Arc;
use std::time::Duration;

use hotdesk_provisioning::{
    AssociationId, EndReason, EndRequest, EnrolAnswer, OpenRequest, Pin, Refusal, RefusalCode,
    Secret,
};
use hotdesk_session::Event;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tracing::{debug, info};

use crate::backoff::Backoff;
use crate::client::{Client, Fetched};
use crate::{Question, events};

/// Answers that may wait for the loop.
pub(crate) const ANSWERS_WAITING_MAX: usize = 32;
/// Bounds of the wait that a server may ask an unknown phone for, in seconds.
const ENROL_AGAIN: (u32, u32) = (1, 60);

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
}

/// How many kinds of [`Standing`] there are.
const STANDING: usize = 5;

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
                self.run(Standing::Profile, profile(client, token, tag, reply));
            }
            Question::Sync { holding } => {
                let reply = self.stand(Standing::Sync);
                self.run(Standing::Sync, sync(client, token, holding, reply));
            }
            Question::WarmUp if self.is_running(Standing::WarmUp) => {}
            Question::WarmUp => {
                self.stand(Standing::WarmUp);
                self.run(Standing::WarmUp, async move {
                    // The question that the connection is for will say what is wrong.
                    let _ = client.ping(&token).await;
                });
            }
            Question::Open { .. }
            | Question::Extend { .. }
            | Question::CheckLogout { .. }
            | Question::Deliver { .. } => {
                let reply = self.reply();
                tokio::spawn(async move {
                    let event = once(&client, &token, question).await;
                    reply.send_event(event).await;
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
            enrol(client, claim, reply).await;
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
        let refused = || Refusal::new(RefusalCode::NotAuthenticated);
        let event = match question {
            Question::Enrol => return self.enrol(identity.claim.clone(), Duration::ZERO),
            Question::Profile | Question::Sync { .. } | Question::WarmUp => return,
            Question::Open { attempt, .. } => Event::Opened {
                attempt,
                answer: Err(refused()),
            },
            Question::Extend { association } => Event::Extended {
                association,
                answer: Err(refused()),
            },
            Question::CheckLogout { association, .. } => Event::LogoutChecked {
                association,
                answer: Ok(()),
            },
            Question::Deliver { number, .. } => Event::Delivered {
                number,
                answer: Err(Refusal::new(RefusalCode::ServerUnreachable)),
            },
        };
        let reply = self.reply();
        tokio::spawn(async move { reply.send_event(event).await });
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

/// Asks once and says what came of it.
async fn once(client: &Client, token: &Secret, question: Question) -> Event {
    match question {
        Question::Open {
            attempt,
            extension,
            pin,
        } => {
            let request = OpenRequest {
                attempt: attempt.clone(),
                extension,
                pin,
            };
            let answer = client.open(token, &request).await.map(Box::new);
            Event::Opened { attempt, answer }
        }
        Question::Extend { association } => {
            let answer = client.extend(token, &association).await;
            Event::Extended {
                association,
                answer,
            }
        }
        Question::CheckLogout { association, pin } => {
            let answer = check_logout(client, token, &association, pin).await;
            Event::LogoutChecked {
                association,
                answer,
            }
        }
        Question::Deliver { number, owed } => {
            let answer = client.deliver(token, &owed).await.map_err(final_or_later);
            Event::Delivered { number, answer }
        }
        Question::Enrol | Question::Profile | Question::Sync { .. } | Question::WarmUp => {
            debug_assert!(false, "a standing errand is not asked once");
            Event::Timeout
        }
    }
}

/// Only the server's own word about the PIN keeps a person from leaving.
async fn check_logout(
    client: &Client,
    token: &Secret,
    association: &AssociationId,
    pin: Pin,
) -> Result<(), Refusal> {
    let request = EndRequest {
        reason: EndReason::LoggedOut,
        pin: Some(pin),
        seconds_ago: 0,
    };
    match client.end(token, association, &request).await {
        Err(refusal)
            if matches!(
                refusal.code,
                RefusalCode::WrongPin | RefusalCode::UserLocked | RefusalCode::PhoneLocked
            ) =>
        {
            Err(refusal)
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// What repeating cannot mend stays as it is; everything else counts as "not reached" and is told again later.
fn final_or_later(refusal: Refusal) -> Refusal {
    use RefusalCode as Code;
    match refusal.code {
        Code::UnknownAssociation | Code::Malformed | Code::WrongPin => refusal,
        Code::UnknownUser
        | Code::UserNotEnabled
        | Code::UserDisabled
        | Code::NumberIsHost
        | Code::UserLocked
        | Code::PhoneLocked
        | Code::PhoneNotEnabled
        | Code::PhoneWithoutAddress
        | Code::InUseElsewhere
        | Code::TakeoverForbidden
        | Code::PinNotSet
        | Code::ServerUnreachable
        | Code::ServerNonsense
        | Code::ClockWrong
        | Code::ServerUntrusted
        | Code::RegistrarRefused
        | Code::RegistrarSilent
        | Code::NotAuthenticated
        | Code::Busy
        | Code::Internal => Refusal::new(Code::ServerUnreachable),
    }
}

async fn enrol(client: Arc<Client>, claim: Secret, reply: Reply) {
    let mut backoff = Backoff::default();
    loop {
        let wait = match client.enrol(claim.clone()).await {
            Ok(EnrolAnswer::Enrolled { token }) => {
                info!("enrolled");
                return reply.send(Answer::Token(token)).await;
            }
            Ok(EnrolAnswer::Pending { code, retry_after }) => {
                debug!("not enrolled yet");
                backoff.reset();
                reply.send_event(Event::EnrolPending { code }).await;
                let (least, most) = ENROL_AGAIN;
                Duration::from_secs(retry_after.clamp(least, most).into())
            }
            Err(refusal) => {
                debug!(code = refusal.code.short(), "enrolment will be tried again");
                backoff.next()
            }
        };
        sleep(wait).await;
    }
}

async fn profile(client: Arc<Client>, token: Secret, tag: Option<String>, reply: Reply) {
    let ask = || client.profile(&token, tag.as_deref());
    if let Some(Some(fetched)) = until_answered("profile", &reply, ask).await {
        reply.send(Answer::Profile(Box::new(fetched))).await;
    }
}

async fn sync(client: Arc<Client>, token: Secret, holding: Option<AssociationId>, reply: Reply) {
    let ask = || client.sync(&token, holding.clone());
    if let Some(answer) = until_answered("sync", &reply, ask).await {
        reply.send_event(Event::Synced(Box::new(answer))).await;
    }
}

/// Asks again and again; `None` once the server does not know our token: another one is needed first.
async fn until_answered<T, F: Future<Output = Result<T, Refusal>>>(
    what: &str,
    reply: &Reply,
    ask: impl Fn() -> F,
) -> Option<T> {
    let mut backoff = Backoff::default();
    loop {
        match ask().await {
            Ok(answer) => return Some(answer),
            Err(refusal) if refusal.code == RefusalCode::NotAuthenticated => {
                reply.send(Answer::TokenRefused).await;
                return None;
            }
            Err(refusal) => {
                debug!(code = refusal.code.short(), "{what} will be asked again");
                sleep(backoff.next()).await;
            }
        }
    }
}
