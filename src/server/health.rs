//! What load balancers and supervisors ask: is the process alive, and should it be sent work. Says nothing that a stranger
//! may not know.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use crate::app::App;
use crate::database_state;

/// Longest wait for the database: whoever asks repeats it every few seconds.
const DATABASE_MAX: Duration = Duration::from_secs(2);

/// `/healthz` and `/readyz`, for every listener.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(ready))
}

async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    if app.drain().has_begun() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match tokio::time::timeout(DATABASE_MAX, database_state::answers(&app)).await {
        Ok(Ok(())) => (StatusCode::OK, "ready\n"),
        Ok(Err(_)) | Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        ),
    }
}
