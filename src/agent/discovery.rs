//! How a phone finds its server. What is found is only a name: whether it is the server is for TLS to prove.
//!
//! In this order, and the first that names a server wins:
//!
//! 1. `server.url` of the configuration file. Then nothing else is asked or read.
//! 2. The server at which the phone is the desk's phone already: kept in the state directory as `server`. A lease or an
//!    answer from the network never takes a phone away from it; `server.url` does, and so does removing that file.
//! 3. DHCP options 160, 159, 66, 43, 150 of the lease in `discovery.lease_file`, which the system's DHCP client writes
//!    (the format stands in `lease.rs` and in the documented configuration file).
//! 4. SIP plug and play: a multicast SUBSCRIBE for `ua-profile`, whose answer may come at once or hours later.
//!
//! A phone that found nothing shows so, keeps emergency calls possible, and goes on by itself: when the lease changes, when
//! an answer comes, and with a new question after pauses that grow to five minutes or when the network changes.
//!
//! DHCP and multicast are not authenticated: whoever is on the link can name a server. Therefore
//!
//! - only `https://host[:port]` is a server; `http://`, `tftp://`, a bare name or a path is shown and not used, because the
//!   protocol behind it is another one (user names and passwords in it are neither shown nor kept);
//! - its certificate is checked as always: with `server.ca_file` only a server of that authority is believed, whoever named
//!   it. Without, a server with any certificate of a public authority would do, so name the authority where the network may
//!   be hostile;
//! - a phone that has its server is never moved (2), and no credential of one server is sent to another;
//! - an answer to the multicast counts only if it repeats our Call-ID, which cannot be guessed, or comes from an address
//!   that answered with it; the question goes no further than the link.

mod doctor;
mod follow;
mod kept;
mod lease;
mod macros;
mod notify;
mod offers;
mod pnp;
mod search;
mod subscribe;
mod verdict;

pub use doctor::doctor;
pub(crate) use follow::Follower;
pub(crate) use kept::kept;
pub use lease::Lease;
pub use macros::Names;
pub use offers::{Source, offers};
pub use pnp::{Heard, SEED_BYTES, Search};
pub(crate) use search::{Finder, Found, Leases, News};
pub use subscribe::Caller;
pub use verdict::Verdict;
