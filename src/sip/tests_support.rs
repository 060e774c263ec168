//! What several test modules of this crate share.

use std::time::Instant;

use hotdesk_provisioning::{
    Account, AddressOfRecord, Secret, ServerAddress, Transport, Unregister,
};

/// An account of a test; its digest user is the user with `u-` before it.
pub(crate) fn account(user: &str) -> Account {
    let plain: String = user.chars().filter(char::is_ascii_alphanumeric).collect();
    Account {
        aor: AddressOfRecord::parse(&format!("sip:{plain}@pbx.example.net")).unwrap(),
        auth_user: format!("u-{user}"),
        secret: Secret::new(format!("secret-of-{user}")),
        registrar: ServerAddress::new("pbx.example.net", 5060, Transport::Udp).unwrap(),
        outbound_proxy: None,
        expires: 300,
        unregister: Unregister::Contact,
    }
}

/// The moment at which a simulated clock starts.
#[expect(
    clippy::disallowed_methods,
    reason = "a test needs one instant to count from"
)]
pub(crate) fn start_of_time() -> Instant {
    Instant::now()
}
