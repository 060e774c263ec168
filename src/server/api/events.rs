//! `GET /v1/events`: what the server says first, as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use hotdesk_provisioning::{Push, Refusal};
use tokio::sync::mpsc;

use crate::api::device::EnabledDevice;
use crate::app::App;
use crate::error::{Answer, busy};
use crate::lines::{self, Line};
use crate::pushes::kind;

/// How often a comment shows both sides that the connection lives: before a proxy loses its patience, which is usually after
/// 60 s. Each one wakes the phone up; that the other side is there at all is asked by TCP, in the kernels.
const KEEP_ALIVE: Duration = Duration::from_secs(50);

pub(crate) async fn events(
    State(app): State<App>,
    EnabledDevice(phone): EnabledDevice,
) -> Answer<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    if let Some(seconds) = app.drain().come_back(app.now()) {
        return Err(Refusal {
            retry_after: Some(seconds),
            ..busy()
        }
        .into());
    }
    tracing::debug!(desk = phone.name, "phone listens");
    let line = app.pushes().listen(phone.tenant_id, phone.id);
    // Whoever is told that it listens may say something at once: it has its place already.
    let written = lines::connect(&app, &phone).await?;
    let listening = Listening {
        line: Some(line),
        phone: phone.id,
        app,
        _written: written,
    };
    let stream = stream::unfold(listening, next);
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE).text("alive");
    Ok(Sse::new(stream).keep_alive(keep_alive))
}

/// A phone's end of its line; without a line it has been sent away.
struct Listening {
    line: Option<mpsc::Receiver<Push>>,
    phone: i64,
    app: App,
    /// Written down in the database until this is dropped.
    _written: Line,
}

/// The next event; none when the phone's line has ended or the server stops. The last one of a server that is about to
/// stop says when to come back.
async fn next(mut listening: Listening) -> Option<(Result<Event, Infallible>, Listening)> {
    let line = listening.line.as_mut()?;
    let app = &listening.app;
    let event = tokio::select! {
        biased;
        push = line.recv() => {
            let push = push?;
            // A push is a plain enum: it has no map with keys that JSON could not write.
            Event::default().event(kind(&push)).json_data(&push).ok()?
        }
        within = app.drain().turn(app.clock(), listening.phone) => {
            listening.line = None;
            Event::default().retry(within)
        }
        () = app.stopped() => return None,
    };
    Some((Ok(event), listening))
}
