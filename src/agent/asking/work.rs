//! What a question's task does: ask, wait, ask again, and send the answer to the loop. Never decides what to ask.

use std::sync::Arc;
use std::time::Duration;

use hotdesk_provisioning::{
    AssociationId, ConsentRequest, EndReason, EndRequest, EnrolAnswer, OpenRequest, Pin,
    PinRequest, Refusal, RefusalCode, Report, Secret,
};
use hotdesk_session::{Event, Owed};
use tokio::time::sleep;
use tracing::{debug, info};

use super::{Answer, Reply};
use crate::Request;
use crate::backoff::Backoff;
use crate::client::Client;

/// Bounds of the wait that a server may ask an unknown phone for, in seconds.
const ENROL_AGAIN: (u32, u32) = (1, 60);

/// Asks once and says what came of it, where somebody waits for that.
pub(super) async fn once(client: &Client, token: &Secret, request: Request) -> Option<Event> {
    Some(match request {
        Request::Open {
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
        Request::Extend { association } => {
            let answer = client.extend(token, &association).await;
            Event::Extended {
                association,
                answer,
            }
        }
        Request::CheckLogout { association, pin } => {
            let answer = check_logout(client, token, &association, pin).await;
            Event::LogoutChecked {
                association,
                answer,
            }
        }
        Request::ChangePin {
            association,
            old,
            new,
        } => {
            let request = PinRequest { old, new };
            let answer = client.change_pin(token, &association, &request).await;
            Event::PinChanged {
                association,
                answer,
            }
        }
        Request::EndElsewhere { association } => {
            let answer = client.end_elsewhere(token, &association).await;
            Event::EndedElsewhere {
                association,
                answer,
            }
        }
        Request::Consent {
            association,
            attempt,
            granted,
        } => {
            let request = ConsentRequest { attempt, granted };
            if client.consent(token, &association, &request).await.is_err() {
                debug!("the server did not hear whether the guest may move");
            }
            return None;
        }
        Request::Deliver { number, owed } => {
            let answer = client.deliver(token, &owed).await.map_err(final_or_later);
            Event::Delivered { number, answer }
        }
    })
}

/// What becomes of a request of a phone without a token.
pub(super) fn unanswered(request: Request) -> Option<Event> {
    let refused = || Refusal::new(RefusalCode::NotAuthenticated);
    Some(match request {
        Request::Open { attempt, .. } => Event::Opened {
            attempt,
            answer: Err(refused()),
        },
        Request::Extend { association } => Event::Extended {
            association,
            answer: Err(refused()),
        },
        // Leaving must always work.
        Request::CheckLogout { association, .. } => Event::LogoutChecked {
            association,
            answer: Ok(()),
        },
        Request::ChangePin { association, .. } => Event::PinChanged {
            association,
            answer: Err(refused()),
        },
        Request::EndElsewhere { association } => Event::EndedElsewhere {
            association,
            answer: Err(refused()),
        },
        Request::Consent { .. } => return None,
        Request::Deliver { number, .. } => Event::Delivered {
            number,
            answer: Err(final_or_later(refused())),
        },
    })
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
        | Code::AskingElsewhere
        | Code::ConsentDenied
        | Code::ServerUnreachable
        | Code::ServerNonsense
        | Code::ClockWrong
        | Code::ServerUntrusted
        | Code::RegistrarRefused
        | Code::RegistrarSilent
        | Code::NotAuthenticated
        | Code::Busy
        | Code::Internal => Refusal {
            retry_after: refusal.retry_after,
            ..Refusal::new(Code::ServerUnreachable)
        },
    }
}

pub(super) async fn enrol(client: Arc<Client>, claim: Secret, reply: Reply) {
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
                backoff.next_after(refusal.retry_after)
            }
        };
        sleep(wait).await;
    }
}

pub(super) async fn profile(client: Arc<Client>, token: Secret, tag: Option<String>, reply: Reply) {
    let ask = || client.profile(&token, tag.as_deref());
    if let Some(Some(fetched)) = until_answered("profile", &reply, ask).await {
        reply.send(Answer::Profile(Box::new(fetched))).await;
    }
}

pub(super) async fn sync(
    client: Arc<Client>,
    token: Secret,
    (holding, offline): (Option<AssociationId>, Vec<AssociationId>),
    reply: Reply,
) {
    let ask = || client.sync(&token, holding.clone(), offline.clone());
    if let Some(answer) = until_answered("sync", &reply, ask).await {
        reply.send_event(Event::Synced(Box::new(answer))).await;
    }
}

pub(super) async fn report(client: Arc<Client>, token: Secret, report: Report, reply: Reply) {
    let owed = Owed::Report { report };
    let tell = || client.deliver(&token, &owed);
    // Heard or not, nobody waits for it.
    let _ = until_answered("the report", &reply, tell).await;
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
                sleep(backoff.next_after(refusal.retry_after)).await;
            }
        }
    }
}
