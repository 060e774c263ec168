//! The provisioning server and its portal: users, phones, who sits where, and why not.
//!
//! Phones talk to [`phone_router`] in the language of `hotdesk-provisioning`; administrators use the pages of
//! [`portal_router`]; a registrar reads SIP credentials from the view `subscriber` of the database. [`App`] is what they
//! share. Rules that must always hold are in the database (`migrations/`); `admission.rs` is the rule of who may log in;
//! `associations/` is what happens to an association from opening to end. Time comes from one [`Clock`].
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use hotdesk_server::{App, Config, People, Running};
//! let config = Config { data_dir: "/tmp/example".into(), ..Config::default() };
//! let app = App::open(config).await?;
//! app.import(&People::parse(include_str!("../../assets/demo/people.toml"))?).await?;
//! let running = Running::start(app).await?;
//! println!("phones: https://{}, portal: http://{}", running.phones(), running.portal());
//! running.stop().await
//! # }
//! ```

mod admins;
mod admission;
mod api;
mod app;
mod associations;
mod audit;
mod backup;
mod bus;
mod certificate;
mod change;
mod check;
mod clock;
mod column;
mod config;
mod connections;
mod consent;
mod credentials;
mod database_state;
mod db;
mod doctor;
mod drain;
mod enrolment;
mod error;
mod explain;
mod files;
mod gate;
mod guests;
mod hash;
mod health;
mod keys;
mod limits;
mod lines;
mod listeners;
mod logs;
mod manage;
mod metrics;
mod models;
mod offline;
mod oidc;
mod once;
mod pace;
mod people;
mod phones;
mod portal;
mod profile;
mod profiles;
mod pushes;
mod reports;
mod rest;
mod roles;
mod router;
mod rules;
mod screens;
mod serve;
mod sessions;
mod sites;
mod sweep;
mod tables;
mod tenants;
mod throttle;
mod time_of_day;
mod time_zone;
mod tls;
mod tokens;
mod turns;
mod users;
mod webhooks;

pub use app::App;
pub use backup::{backup, restore};
pub use check::{Finding, Gravity, check};
pub use clock::Clock;
pub use config::{
    Config, GroupRole, LogFormat, MetricsConfig, OidcConfig, PhonesConfig, PortalConfig, SipConfig,
    WebhooksConfig,
};
pub use logs::start_log;
pub use people::{AdminEntry, Imported, People, PhoneEntry, SiteEntry, UserEntry};
pub use router::{phone_router, portal_router};
pub use rules::{Elsewhere, Layer, Rules};
pub use serve::{Running, serve, serve_app};
pub use time_of_day::TimeOfDay;
pub use time_zone::TimeZone;
