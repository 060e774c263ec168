//! `GET /live`: tells a page that what it shows has changed, as server-sent events. The page then fetches itself anew; without
//! JavaScript it is as old as it is.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::view::View;
use crate::app::App;
use crate::bus::News;

/// How often a comment shows that the connection lives.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

pub(crate) async fn live(
    State(app): State<App>,
    view: View,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let news = app.bus().news();
    let stream = stream::unfold((news, app, view.tenant), next);
    Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE).text("alive"))
}

type Listening = (Receiver<News>, App, i64);

async fn next(
    (mut news, app, tenant): Listening,
) -> Option<(Result<Event, Infallible>, Listening)> {
    let event = tokio::select! {
        event = next_of(&mut news, tenant) => event?,
        () = app.stopped() => return None,
    };
    Some((Ok(event), (news, app, tenant)))
}

/// The next event that concerns this tenant.
async fn next_of(news: &mut Receiver<News>, tenant: i64) -> Option<Event> {
    loop {
        match news.recv().await {
            Ok(News::Screen { tenant: of, phone }) if of == tenant => {
                return Some(Event::default().event("screen").data(phone.to_string()));
            }
            Ok(News::Changed { tenant: of }) if of == tenant => {
                return Some(Event::default().event("changed").data("1"));
            }
            Ok(_) => {}
            // What was missed is a change as well.
            Err(RecvError::Lagged(_)) => return Some(Event::default().event("changed").data("1")),
            Err(RecvError::Closed) => return None,
        }
    }
}
