//! The whole product over loopback: the real agent, the real provisioning server, a real Kamailio. The small registrar of
//! the rig stands in only where a registrar has to misbehave.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod calls;
mod discovery;
mod location;
mod notify;
mod offline;
mod power;
mod refusals;
mod registrar;
mod switch;
