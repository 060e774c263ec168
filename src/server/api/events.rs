//! `GET /v1/events`: what the server says first, as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use hotdesk_provisioning::Push;
use tokio::sync::mpsc;

use crate::api::device::EnabledDevice;
use crate::app::App;
use crate::error::Answer;

/// How often a comment shows both sides that the connection lives: before a proxy loses its patience, which is usually after
/// 60 s. Each one wakes the phone up; that the other side is there at all is asked by TCP, in the kernels.
const KEEP_ALIVE: Duration = Duration::from_secs(50);

pub(crate) async fn events(
    State(app): State<App>,
    EnabledDevice(phone): EnabledDevice,
) -> Answer<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    tracing::debug!(desk = phone.name, "phone listens");
    let line = app.pushes().listen(phone.tenant_id, phone.id);
    let stream = stream::unfold((line, app), next);
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE).text("alive");
    Ok(Sse::new(stream).keep_alive(keep_alive))
}

type Listening = (mpsc::Receiver<Push>, App);

/// The next event; none when the phone's line has ended or the server stops.
async fn next((mut line, app): Listening) -> Option<(Result<Event, Infallible>, Listening)> {
    let push = tokio::select! {
        push = line.recv() => push?,
        () = app.stopped() => return None,
    };
    let event = Event::default().event(kind(&push)).json_data(&push);
    // A push is a plain enum: it has no map with keys that JSON could not write.
    Some((Ok(event.ok()?), (line, app)))
}

fn kind(push: &Push) -> &'static str {
    match push {
        Push::Evicted { .. } => "evicted",
        Push::Extended { .. } => "extended",
        Push::ConsentWanted { .. } => "consent_wanted",
        Push::ProfileChanged => "profile_changed",
        Push::ScreenWanted { .. } => "screen_wanted",
    }
}
