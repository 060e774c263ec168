//! A SIP user agent without IO: bytes, commands and the time go in; bytes, events and the next deadline come out.
//!
//! Four verbs: `handle_*` (something happened), [`UserAgent::poll_transmit`] (send this), [`UserAgent::poll_event`] (tell
//! the session), [`UserAgent::poll_timeout`] (call [`UserAgent::handle_timeout`] then). Handle one thing, drain both polls
//! until they are empty, transmits first, wait until the next thing or the deadline. A TCP connection is read through a
//! [`Framer`]; each frame goes to [`UserAgent::handle_datagram`].
//!
//! | what | where it is from |
//! | --- | --- |
//! | messages: compact forms, folding, lists, bounds | RFC 3261 sections 7, 18.3, 20, 25; RFC 4475 |
//! | registering, asking, un-registering | RFC 3261 section 10; RFC 3327, RFC 5627 and RFC 5626 as far as a Contact says them |
//! | back-off | RFC 5626 section 4.5 |
//! | digest, as client and towards senders of NOTIFY | RFC 7616, RFC 8760, RFC 2069 where a server is that old |
//! | transactions, all four | RFC 3261 section 17, RFC 6026; RFC 2543 peers are matched without a branch |
//! | answers through NAT | RFC 3581 |
//! | NOTIFY: check-sync and its relatives, message-summary | RFC 6665 section 8.2.1, RFC 3842, practice |
//! | OPTIONS, BYE, CANCEL, INVITE (nobody is there yet) | RFC 3261 sections 8.2, 9.2, 11.2, 13.3 |
//!
//! Not here: name resolution, sockets and TLS (the shell's), subscriptions, calls.

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
