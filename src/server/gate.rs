//! The door for phones: when the power is back, all of them come at once, and the database takes one change after the other.
//! So many are let in; the others are told when it is their turn, before anything is asked for them.

use std::sync::{Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use hotdesk_provisioning::Refusal;
use tokio::sync::Semaphore;

use crate::app::App;
use crate::clock::Stopwatch;
use crate::error::{Failure, busy};
use crate::turns::Turns;

/// Requests of phones at the same time: few enough that the last one waits for the database for less than a second.
const AT_ONCE: usize = 128;
/// Seconds that one request takes, until it is known better.
const COST: f64 = 0.003;
/// Seconds after somebody was sent away in which the pauses between two answers are how long one takes.
const FULL: f64 = 1.0;
/// The longest pause that is believed: a slow machine, not a moment in which nobody came.
const COST_MAX: f64 = 0.05;

/// Who is inside, and when the next one may come.
#[derive(Debug)]
pub(crate) struct Gate {
    room: Semaphore,
    line: Mutex<Line>,
    started: Stopwatch,
}

#[derive(Debug)]
struct Line {
    turns: Turns,
    /// When somebody was sent away last, and when somebody went last, in seconds.
    refused_at: f64,
    done_at: f64,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self {
            room: Semaphore::new(AT_ONCE),
            line: Mutex::new(Line {
                turns: Turns::new(COST),
                refused_at: f64::NEG_INFINITY,
                done_at: 0.0,
            }),
            started: Stopwatch::start(),
        }
    }

    fn turn_away(&self) -> Refusal {
        let now = self.started.seconds();
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        line.refused_at = now;
        Refusal {
            retry_after: Some(line.turns.take(now)),
            ..busy()
        }
    }

    fn done(&self) {
        let now = self.started.seconds();
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        if now - line.refused_at < FULL {
            let took = (now - line.done_at).min(COST_MAX);
            line.turns.learn(took);
        }
        line.done_at = now;
    }
}

/// Lets a phone in, or tells it when to come again. Who logs in has a line of their own, for their PIN to be checked.
pub(crate) async fn pass(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.uri().path() == "/v1/associations" {
        return next.run(request).await;
    }
    let gate = app.gate();
    let Ok(_place) = gate.room.try_acquire() else {
        return Failure::from(gate.turn_away()).into_response();
    };
    let answer = next.run(request).await;
    gate.done();
    answer
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::StatusCode;
    use tower::ServiceExt as _;

    use super::*;
    use crate::config::Config;
    use crate::router::phone_router;

    #[tokio::test]
    async fn who_comes_too_many_is_told_when_to_come_and_a_log_in_waits_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            data_dir: folder.path().to_owned(),
            ..Config::default()
        };
        let app = App::open(config).await.unwrap();
        let ask = async |path: &str| {
            let request = Request::post(path).body(Body::from("{}")).unwrap();
            let answer = phone_router(app.clone()).oneshot(request).await.unwrap();
            let turn = answer.headers().get("retry-after").cloned();
            (
                answer.status(),
                turn.map(|turn| turn.to_str().unwrap().to_owned()),
            )
        };
        assert_eq!(ask("/v1/sync").await.0, StatusCode::UNAUTHORIZED);
        let all = u32::try_from(AT_ONCE).unwrap();
        let inside = app.gate().room.try_acquire_many(all).unwrap();
        let full = ask("/v1/sync").await;
        assert_eq!(
            full,
            (StatusCode::SERVICE_UNAVAILABLE, Some("1".to_owned()))
        );
        assert_eq!(ask("/v1/associations").await.0, StatusCode::UNAUTHORIZED);
        drop(inside);
        assert_eq!(ask("/v1/sync").await.0, StatusCode::UNAUTHORIZED);
    }
}
