//! Follows the server's event stream and connects again whenever it ends. Never decides what an event means.

use std::sync::Arc;
use std::time::Duration;

use hotdesk_provisioning::{Refusal, RefusalCode, Secret};
use hotdesk_session::Event;
use reqwest::Response;
use tokio::time::{sleep, timeout};
use tracing::{debug, info, trace};

use crate::asking::{Answer, Reply};
use crate::backoff::Return;
use crate::client::Client;
use crate::sse;

/// Longest silence of a stream that is still believed to be up: the server says something three times as often. A server that
/// is gone is noticed sooner, by the kernel, whose probes wake nobody up (`KEEP_ALIVE` of the client).
const SILENCE_MAX: Duration = Duration::from_secs(150);
/// Longest wait for the stream to begin.
const BEGIN_MAX: Duration = Duration::from_secs(10);

/// Until it is stopped, or until the server does not know our token.
pub(crate) async fn follow(client: Arc<Client>, token: Secret, reply: Reply) {
    let mut way = Return::default();
    loop {
        let mut named = None;
        match begin(&client, &token).await {
            Ok(response) => {
                info!("the server's event stream is up");
                reply.send_event(Event::ServerLink { up: true }).await;
                if let Some(Heard { retry }) = read(response, &reply).await {
                    way.lost(retry);
                }
                info!("the server's event stream is down");
                reply.send_event(Event::ServerLink { up: false }).await;
            }
            Err(refusal) if refusal.code == RefusalCode::NotAuthenticated => {
                return reply.send(Answer::TokenRefused).await;
            }
            Err(refusal) => {
                debug!(code = refusal.code.short(), "no event stream");
                named = refusal.retry_after;
            }
        }
        sleep(way.next(named)).await;
    }
}

async fn begin(client: &Client, token: &Secret) -> Result<Response, Refusal> {
    let late = |_| Err(Refusal::new(RefusalCode::ServerUnreachable));
    timeout(BEGIN_MAX, client.events(token))
        .await
        .unwrap_or_else(late)
}

/// A stream that worked while it lasted.
struct Heard {
    /// How long its server wants phones to take until they are back.
    retry: Option<Duration>,
}

/// Reads until the stream ends or is silent for too long; `None` when nothing came, so that a server which accepts and closes
/// at once is not asked every second.
async fn read(mut response: Response, reply: &Reply) -> Option<Heard> {
    let mut parser = sse::Parser::default();
    let mut anything = false;
    loop {
        let Ok(Ok(Some(piece))) = timeout(SILENCE_MAX, response.chunk()).await else {
            let retry = parser.retry();
            return anything.then_some(Heard { retry });
        };
        trace!(why = "the event stream", "awake");
        anything = true;
        let Ok(pushes) = parser.push(&piece) else {
            debug!("an event without end");
            return None;
        };
        for push in pushes {
            debug!(?push, "event");
            reply.send_event(Event::Push(push)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use hotdesk_provisioning::Push;
    use tokio::sync::mpsc;

    use super::*;
    use crate::Clock;
    use crate::asking::{Answered, Asker};
    use crate::test_server::{Asked, TestServer, json};

    /// Longest wait for what should have come.
    const DEADLINE: Duration = Duration::from_secs(20);

    /// A stream that says this and ends.
    fn stream(text: &str) -> String {
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n\
             {:x}\r\n{text}\r\n0\r\n\r\n",
            text.len()
        )
    }

    fn following(server: &TestServer) -> mpsc::Receiver<Answered> {
        let client = Client::new(server.phone(), &Clock::system()).unwrap();
        let (mut asker, answers) = Asker::new(client);
        asker.follow_events(Secret::new("token".to_owned()));
        // What an asker began goes on when it is gone.
        drop(asker);
        answers
    }

    async fn next(answers: &mut mpsc::Receiver<Answered>) -> Event {
        let answered = timeout(DEADLINE, answers.recv()).await;
        let answered = answered.expect("in time").expect("somebody follows");
        let Answer::Event(event) = answered.answer else {
            panic!("an event expected: {answered:?}");
        };
        event
    }

    #[tokio::test]
    async fn a_stream_that_ends_is_back_within_the_time_that_the_server_asked_for() {
        let changed = "data: {\"type\":\"profile_changed\"}\n\n";
        let server = TestServer::saying(stream(&format!("retry: 100\n\n{changed}")));
        let mut answers = following(&server);
        let begun = Clock::system().now();
        for _ in 0..5 {
            assert_eq!(next(&mut answers).await, Event::ServerLink { up: true });
            let changed = Event::Push(Push::ProfileChanged);
            assert_eq!(next(&mut answers).await, changed);
            assert_eq!(next(&mut answers).await, Event::ServerLink { up: false });
        }
        let took = Clock::system().now().duration_since(begun);
        // Five times a second and a half is what phones take on their own, and the machine may be slow.
        assert!(took < Duration::from_secs(3), "{took:?}");
    }

    #[tokio::test]
    async fn a_server_that_names_a_time_is_left_alone_that_long() {
        let asked = std::sync::Mutex::new(Vec::new());
        let server = TestServer::start(move |_: &Asked| {
            let mut asked = asked.lock().unwrap();
            asked.push(Clock::system().now());
            let busy = json("503 Service Unavailable", "<html>draining</html>");
            let named = busy.replacen("\r\n", "\r\nRetry-After: 2\r\n", 1);
            let answer = match asked.as_slice() {
                [first, second, ..] if second.duration_since(*first) >= Duration::from_secs(2) => {
                    stream(": hello\n\n")
                }
                _ => named,
            };
            answer.into_bytes()
        });
        let mut answers = following(&server);
        assert_eq!(next(&mut answers).await, Event::ServerLink { up: true });
        assert_eq!(server.requests().len(), 2);
    }
}
