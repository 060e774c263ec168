//! The real routers on a fresh database with a clock that the tests move: what phones and administrators are answered,
//! what the database holds afterwards, and what the registrar would accept.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod associations;
mod backup;
mod calls;
mod certificates;
mod checks;
mod database;
mod draining;
mod enrolment;
mod events;
mod guest;
mod listener;
mod login;
mod malformed;
mod office;
mod offline;
mod offline_void;
mod oidc;
mod pages;
mod portal;
mod program;
mod provider;
mod refill;
mod repeated;
mod replicas;
mod rest;
mod rest_admins;
mod rest_settings;
mod rest_tables;
mod rules;
mod screens;
mod signed_in;
mod sync;
mod tables;
mod tenants;
mod throttling;
mod upgrade;
mod webhooks;
