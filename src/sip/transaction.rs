//! The four transactions of RFC 3261 section 17 with the corrections of RFC 6026, and the tables that hold them.
//!
//! A machine is told what happened and returns what to do; it never sends, never parses and never reads a clock. Machines
//! and tables are general: a user agent that makes calls uses the same ones.

mod client_invite;
mod client_non_invite;
mod client_table;
mod key;
mod machine;
mod server_invite;
mod server_non_invite;
mod server_table;
mod timer;

pub use client_invite::{ClientInvite, ClientInviteState};
pub use client_non_invite::{ClientNonInvite, ClientNonInviteState};
pub use key::{ClientKey, ServerKey};
pub use machine::Machine;
pub use server_invite::{ServerInvite, ServerInviteState};
pub use server_non_invite::{ServerNonInvite, ServerNonInviteState};
pub use timer::{T1, T2, T4, TRANSACTION_TIME, TRYING_AFTER};

pub(crate) use client_table::{ClientTable, Due};
pub(crate) use server_table::{Arrival, Pending, ServerDue, ServerTable};

/// What a client transaction wants done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAction {
    /// Nothing.
    Nothing,
    /// Send the request again.
    Resend,
    /// Hand the response to the user of the transaction.
    Deliver,
    /// Hand the response up and acknowledge it (a final response to INVITE other than 2xx).
    DeliverAndAck,
    /// Acknowledge again a response that was handed up before.
    Ack,
    /// No final response came in time; the transaction is over.
    TimedOut,
}

/// What a server transaction wants done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerAction {
    /// Nothing.
    Nothing,
    /// Send the last response again.
    Resend,
    /// Send 100 Trying: the user of the transaction takes its time.
    SendTrying,
    /// Hand the ACK up: it belongs to a 2xx.
    DeliverAck,
    /// The ACK never came; the transaction is over.
    TimedOut,
}
