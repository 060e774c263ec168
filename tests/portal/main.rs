//! The portal's pages in Debian's Chromium, in front of the real server, real agents and a real Kamailio: what each role may do, a
//! help desk's day and an administrator's, and that everybody can read and use every page.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on must fail"
)]

mod administrator;
#[path = "../browser/chromium.rs"]
mod chromium;
mod help_desk;
mod keyboard;
mod looks;
mod office;
mod own;
mod provider;
mod roles;
mod routes;
mod window;
