//! Server-sent events: what a phone looks like, now and after every change.
//!
//! A page takes all its phones through one stream, because browsers open no more than six connections to a host.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, BoxStream, StreamExt};
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;

use crate::picture;
use crate::rack::{Rack, Watch};
use crate::web::no_phone;

/// What one event says.
#[derive(Serialize)]
struct Change<'a> {
    phone: usize,
    panel: &'a str,
    theme: &'a str,
    picture: String,
    lamps: Lamps,
    lifted: bool,
    speaker: bool,
    text: &'a str,
}

/// The lamps by the names that the page knows.
#[derive(Serialize)]
struct Lamps {
    message: bool,
    signed_in: bool,
    attention: bool,
}

/// Every phone's changes.
pub(crate) async fn of_all(State(rack): State<Arc<Rack>>) -> Response {
    answer(&rack, 1..=rack.phones.len())
}

/// One phone's changes.
pub(crate) async fn of_one(State(rack): State<Arc<Rack>>, Path(number): Path<usize>) -> Response {
    match rack.phone(number) {
        Some(_) => answer(&rack, number..=number),
        None => no_phone(),
    }
}

fn answer(rack: &Rack, numbers: std::ops::RangeInclusive<usize>) -> Response {
    let Ok(permit) = Arc::clone(&rack.streams).try_acquire_owned() else {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "Too many pages are open.\n",
        )
            .into_response();
    };
    let changes = numbers.filter_map(|number| Some(changes(number, rack.phone(number)?.watch())));
    let all = stream::select_all(changes).map(move |event| held(&permit, event));
    Sse::new(all)
        .keep_alive(KeepAlive::default())
        .into_response()
}

/// The permit lives as long as the stream that owns it.
fn held(_permit: &OwnedSemaphorePermit, event: Event) -> Result<Event, Infallible> {
    Ok(event)
}

fn changes(number: usize, watch: Watch) -> BoxStream<'static, Event> {
    stream::unfold(watch, move |mut watch| async move {
        watch.changed().await?;
        Some((event(number, &mut watch), watch))
    })
    .boxed()
}

fn event(number: usize, watch: &mut Watch) -> Event {
    let (face, layout, hook) = watch.seen();
    let change = Change {
        phone: number,
        panel: &layout.name,
        theme: &layout.theme,
        picture: picture::fingerprint(&face),
        lamps: Lamps {
            message: face.lamps.message_waiting,
            signed_in: face.lamps.signed_in,
            attention: face.lamps.attention,
        },
        lifted: hook.lifted,
        speaker: hook.speaker,
        text: &face.text,
    };
    let event = Event::default().event("face");
    event.json_data(change).unwrap_or_else(|error| {
        tracing::error!(%error, "a change cannot be made JSON");
        Event::default().comment("lost")
    })
}
