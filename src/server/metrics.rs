//! What a monitoring system reads: counters, gauges and times in Prometheus' text format. Labels come from closed sets, so
//! that no phone, person or attacker can make a page grow; nothing of what was typed or sent is among them.

use anyhow::Result;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::app::App;
use crate::clock::Stopwatch;
use crate::database_state;
use crate::error::Refused;

/// Upper ends of the classes of times, in seconds: from a read of the database to the longest that a request may take.
const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

type Label = (&'static str, &'static str);
/// Counters by kind of push and what became of it.
pub(crate) type PushCounters = Family<[Label; 2], Counter>;

/// Everything that is counted. Cloned parts count into the same numbers.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    answers: Family<[Label; 2], Counter>,
    answer_seconds: Family<[Label; 1], Histogram>,
    log_ins: Family<[Label; 1], Counter>,
    database_errors: Counter,
    certificate_ends: Family<[Label; 1], Gauge>,
    now: Moment,
    /// What was pushed to phones.
    pub(crate) pushes: PushCounters,
    /// How long PINs waited to be checked.
    pub(crate) pin_wait: Histogram,
    /// PINs that were not checked because too many waited.
    pub(crate) pin_refused: Counter,
}

/// What is looked up when the page is asked for.
#[derive(Debug, Default)]
struct Moment {
    connected: Gauge,
    phones: Gauge,
    occupied: Gauge,
    pins_waiting: Gauge,
    draining: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("hotdesk"),
            answers: Family::default(),
            answer_seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            log_ins: Family::default(),
            database_errors: Counter::default(),
            certificate_ends: Family::default(),
            now: Moment::default(),
            pushes: Family::default(),
            pin_wait: Histogram::new(SECONDS),
            pin_refused: Counter::default(),
        };
        metrics.register();
        metrics.register_moment();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let registry = &mut self.registry;
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The program", build);
        let help = "Answers by kind of request and class of status";
        registry.register("answers", help, self.answers.clone());
        let help = "Seconds until the answer began, by kind of request";
        registry.register("answer_seconds", help, self.answer_seconds.clone());
        let help = "Log-ins: admitted, or the code of the refusal";
        registry.register("log_ins", help, self.log_ins.clone());
        let help = "Requests of phones that failed because of the database";
        registry.register("database_errors", help, self.database_errors.clone());
        let help = "Messages to phones that listen here, by kind: sent, or dropped because the phone lagged";
        registry.register("pushes", help, self.pushes.clone());
        let help = "Seconds that PINs and passwords waited to be checked";
        registry.register("pin_wait_seconds", help, self.pin_wait.clone());
        let help = "PINs and passwords turned away because too many waited";
        registry.register("pin_refused", help, self.pin_refused.clone());
        let help = "When a listener's own certificate ends, seconds since 1970";
        let ends = self.certificate_ends.clone();
        registry.register("certificate_ends_timestamp", help, ends);
    }

    fn register_moment(&mut self) {
        let (registry, now) = (&mut self.registry, &self.now);
        let help = "Phones that listen for events at this server";
        registry.register("phones_connected", help, now.connected.clone());
        let help = "Phones in the database";
        registry.register("phones", help, now.phones.clone());
        let help = "Phones in the database on which somebody is signed in";
        registry.register("phones_occupied", help, now.occupied.clone());
        let help = "PINs and passwords being checked or waiting for it";
        registry.register("pins_waiting", help, now.pins_waiting.clone());
        let help = "1 while the server ends its event streams to stop";
        registry.register("draining", help, now.draining.clone());
    }

    /// Notes when a listener's certificate ends (seconds since 1970).
    pub(crate) fn certificate_ends(&self, listener: &'static str, at: i64) {
        let of = [("listener", listener)];
        self.certificate_ends.get_or_create_owned(&of).set(at);
    }

    fn answered(&self, route: &'static str, seconds: f64, response: &Response) {
        let status = response.status();
        let by = [("route", route), ("status", class(status))];
        self.answers.get_or_create_owned(&by).inc();
        let by = [("route", route)];
        self.answer_seconds
            .get_or_create_owned(&by)
            .observe(seconds);
        let refused = response.extensions().get::<Refused>();
        if refused.is_some_and(|refused| refused.by_database) {
            self.database_errors.inc();
        }
        if route == "log_in" {
            let outcome = refused.map_or("admitted", |refused| refused.code.short());
            self.log_ins
                .get_or_create_owned(&[("outcome", outcome)])
                .inc();
        }
    }

    async fn look(&self, app: &App) {
        match database_state::counts(app).await {
            Ok(counts) => {
                self.now.phones.set(counts.phones);
                self.now.occupied.set(counts.occupied);
            }
            Err(error) => {
                tracing::error!("the metrics cannot count: {error:#}");
                self.database_errors.inc();
            }
        }
        let count = |number| i64::try_from(number).unwrap_or(i64::MAX);
        self.now.connected.set(count(app.pushes().count()));
        self.now.pins_waiting.set(count(app.hasher().waiting()));
        self.now.draining.set(i64::from(app.drain().has_begun()));
    }
}

fn class(status: StatusCode) -> &'static str {
    if status.is_server_error() {
        "5xx"
    } else if status.is_client_error() {
        "4xx"
    } else if status.is_redirection() {
        "3xx"
    } else {
        "2xx"
    }
}

/// The kind of request that a route serves. A route that is not named here counts as a page of the portal.
fn kind(route: &str) -> &'static str {
    match route {
        "" => "unknown",
        "/v1/enrol" => "enrol",
        "/v1/profile" => "profile",
        "/v1/sync" => "sync",
        "/v1/associations" => "log_in",
        "/v1/reports" => "report",
        "/v1/ping" => "ping",
        "/v1/events" => "events",
        "/healthz" | "/readyz" | "/metrics" => "operation",
        _ if route.starts_with("/v1/associations/") => "association",
        _ => "portal",
    }
}

/// Counts and times every answer.
pub(crate) async fn measure(State(app): State<App>, request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>();
    let route = kind(matched.map_or("", MatchedPath::as_str));
    let watch = Stopwatch::start();
    let response = next.run(request).await;
    app.metrics().answered(route, watch.seconds(), &response);
    response
}

/// `GET /metrics`.
pub(crate) async fn page(State(app): State<App>) -> Response {
    app.metrics().look(&app).await;
    match written(app.metrics()) {
        Ok(text) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => {
            tracing::error!("the metrics cannot be written: {error:#}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn written(metrics: &Metrics) -> Result<String> {
    let mut text = String::new();
    encode(&mut text, &metrics.registry)?;
    Ok(text)
}
