//! What the tests stand on: a real Kamailio, a small registrar that can be told to misbehave, a relay that delays and
//! counts, the real provisioning server with a clock that can be moved, real agents, and a memory of every log line.
//!
//! A rig that cannot go on panics with a sentence that says what to do: it only ever runs inside a test or a bench.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on must fail"
)]

mod baresip;
mod eventually;
mod file_phone;
mod glewlwyd;
mod impostor;
mod kamailio;
mod phone;
mod phone_process;
mod pnp;
mod portal;
mod ports;
mod program;
mod provd;
pub mod qemu;
pub mod registrar;
mod relay;
mod time_server;
mod world;

pub use baresip::Baresip;
pub use eventually::{eventually, eventually_within};
pub use file_phone::FilePhone;
pub use glewlwyd::{CLIENT_SECRET, Glewlwyd, PASSWORD as PROVIDER_PASSWORD};
pub use impostor::{Impostor, Record};
pub use kamailio::{Binding, Kamailio};
pub use phone::{Phone, WallClock, keys, phone_config};
pub use phone_process::PhoneProcess;
pub use pnp::{PnpManner, PnpServer};
pub use portal::Portal;
pub use ports::free_port;
pub use provd::{DOMAIN, Provd};
pub use relay::{Message, TcpRelay, UdpRelay, Way};
pub use time_server::TimeServer;
pub use world::{
    DESKS, HOST_OF_MACHINES, JAMES, JAMES_PIN, JANE, JANE_PIN, JANE_SHORT, Site, World,
};
