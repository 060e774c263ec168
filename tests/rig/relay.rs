//! Relays between a phone and its servers that add delay, lose messages, count them, and can go away altogether.

mod tcp;
mod udp;

pub use tcp::TcpRelay;
pub use udp::{Message, UdpRelay, Way};
