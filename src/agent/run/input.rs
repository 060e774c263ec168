//! Everything the loop waits for, and the wait itself. Never looks at what arrived.

use std::time::Instant;

use anyhow::Error;
use hotdesk_session::Key;
use hotdesk_sip::Flow;
use tokio::sync::{mpsc, watch};
use tracing::trace;

use crate::asking::Answered;
use crate::control::Order;
use crate::deadline::Alarm;
use crate::network::Network;
use crate::tasks::Tasks;
use crate::transport::{Arrival, DATAGRAM_BYTES_MAX, Transport};
use crate::wall::WallNews;

/// The first thing that happened.
pub(super) enum Input {
    Key(Key),
    /// So many bytes in the buffer.
    Datagram(usize, Flow),
    Arrival(Arrival),
    Answered(Answered),
    Order(Order),
    NetworkChanged,
    /// Somebody set the clock.
    WallSet,
    /// The keypad can type more or less than before, or the display went dark or shows something again.
    Hardware,
    Deadline,
    /// A task ended without which the phone does not work.
    Broken(Error),
}

impl Input {
    /// Says what woke the phone up, for somebody who wonders why it does not sleep. `core_is_due`: whether a deadline is one
    /// of the core's.
    pub(super) fn trace(&self, core_is_due: bool) {
        let why = match self {
            Self::Key(_) => "a key",
            Self::Datagram(..) => "a datagram",
            Self::Arrival(_) => "a stream",
            Self::Answered(_) => "an answer",
            Self::Order(_) => "an order",
            Self::NetworkChanged => "the network",
            Self::WallSet => "the clock was set",
            Self::Hardware => "the hardware",
            Self::Deadline if core_is_due => "a deadline",
            Self::Deadline => "the clock on the screen",
            Self::Broken(_) => "the end",
        };
        trace!(why, "awake");
    }
}

/// Where things come from.
pub(super) struct Inputs {
    pub(super) keys: mpsc::Receiver<Key>,
    pub(super) arrivals: mpsc::Receiver<Arrival>,
    pub(super) answers: mpsc::Receiver<Answered>,
    pub(super) orders: mpsc::Receiver<Order>,
    pub(super) network: Network,
    pub(super) wall: WallNews,
    pub(super) alarm: Alarm,
    pub(super) missing: watch::Receiver<String>,
    pub(super) dark: watch::Receiver<Option<String>>,
    pub(super) tasks: Tasks,
    pub(super) datagram: Box<[u8; DATAGRAM_BYTES_MAX]>,
}

impl Inputs {
    /// Waits for the first thing; a source that is closed is passed over.
    pub(super) async fn next(&mut self, transport: &Transport, deadline: Option<Instant>) -> Input {
        tokio::select! {
            Some(key) = self.keys.recv() => Input::Key(key),
            (length, flow) = transport.receive(self.datagram.as_mut_slice()) => Input::Datagram(length, flow),
            Some(arrival) = self.arrivals.recv() => Input::Arrival(arrival),
            Some(answered) = self.answers.recv() => Input::Answered(answered),
            Some(order) = self.orders.recv() => Input::Order(order),
            () = self.network.changed() => Input::NetworkChanged,
            () = self.wall.set() => Input::WallSet,
            Ok(()) = self.missing.changed() => Input::Hardware,
            Ok(()) = self.dark.changed() => Input::Hardware,
            () = self.alarm.reached(deadline) => Input::Deadline,
            error = self.tasks.first_to_end() => Input::Broken(error),
        }
    }
}
