//! A SIP user agent without IO: bytes, commands and the time go in; bytes, events and the next deadline come out.
//!
//! Four verbs: `handle_*` (something happened), [`UserAgent::poll_transmit`] (send this), [`UserAgent::poll_event`] (tell
//! the session), [`UserAgent::poll_timeout`] (call [`UserAgent::handle_timeout`] then). Handle one thing, drain both polls
//! until they are empty, wait until the next thing or the deadline.

#![warn(missing_docs, clippy::indexing_slicing)]
#![cfg_attr(
    test,
    allow(clippy::indexing_slicing, reason = "a test may fail by panicking")
)]

pub mod challenge;
mod challenger;
mod command;
mod config;
pub mod digest;
mod error;
mod event;
mod gate;
pub mod message;
mod nonce;
mod notify;
mod random;
mod register_message;
mod registration;
mod stream;
#[cfg(test)]
mod tests_support;
pub mod transaction;
mod user_agent;
pub mod wire;

pub use command::{AccountId, Command, Flow, Registrant, Transmit};
pub use config::{Config, ConfigError, Limits, NotifyPolicy, UDP_KEEP_ALIVE, UNREGISTER_BUDGET};
pub use error::{MessageError, WriteError};
pub use event::{FailedWhy, RejectedWhy, UnregisteredHow, UserAgentEvent};
pub use notify::CheckSyncKind;
pub use stream::{Framer, FramingError};
pub use user_agent::UserAgent;
