//! Bytes to messages and back, with every bound named here. Never trusts a byte, never sends one, never keeps state.
//!
//! rsip gives the parts of a URI their shape ([`Uri`]) and is named nowhere else. Its other types are not safe for what
//! arrives from a network: its methods are a closed list (an unknown one must be answered 405, not dropped), its status
//! codes lose the reason phrase, its headers lose compact names, folding, lists and bytes that are not UTF-8.

mod head;
mod header_name;
mod method;
mod name_addr;
mod parse;
mod split;
mod uri;
mod via;
mod write;

pub use header_name::HeaderName;
pub use method::Method;
pub use name_addr::NameAddr;
pub use parse::{ParseFailure, parse, parse_request, parse_response};
pub use split::{Params, is_token, quote, unquote};
pub use uri::Uri;
pub use via::Via;
pub use write::{write_request, write_response};

pub(crate) use split::{split_auth, split_list};

/// Longest message, on UDP and on TCP.
pub const MESSAGE_BYTES_MAX: usize = 16 * 1024;
/// Most headers in a message, counted after lists are split.
pub const HEADERS_MAX: usize = 96;
/// Longest header value after unfolding.
pub const HEADER_BYTES_MAX: usize = 4 * 1024;
/// Most parameters of one value.
pub const PARAMS_MAX: usize = 32;
/// Most elements of one list.
pub const LIST_MAX: usize = 64;
/// Longest URI.
pub const URI_BYTES_MAX: usize = 1024;
/// Longest Call-ID.
pub const CALL_ID_BYTES_MAX: usize = 256;
/// Most parameters of a challenge or of credentials.
pub const AUTH_PARAMS_MAX: usize = 24;
/// First number that no CSeq may have (RFC 3261 section 8.1.1.5).
pub const CSEQ_END: u32 = 1 << 31;
/// What every branch of RFC 3261 begins with (section 8.1.1.7).
pub const BRANCH_COOKIE: &str = "z9hG4bK";
