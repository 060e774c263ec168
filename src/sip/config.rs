//! What a user agent is told once, at its start. Never read from files here: the shell does that.

use std::net::IpAddr;
use std::time::Duration;

use crate::notify::CheckSyncKind;

/// Identity, limits and policies of one phone's user agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    instance: String,
    user_agent: String,
    /// Ceilings on state and rates.
    pub limits: Limits,
    /// Which NOTIFY requests are believed, and what they do.
    pub notify: NotifyPolicy,
    /// Addresses that may send requests beside those of the current servers.
    pub allowed_sources: Vec<IpAddr>,
    /// How often a CRLF keeps the NAT binding towards each registered UDP server open; `None`: never.
    pub udp_keep_alive: Option<Duration>,
    /// How long an un-registration may take before it is given up.
    pub unregister_budget: Duration,
}

/// Why a [`Config`] was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The instance is not `urn:uuid:` and 36 hexadecimal digits and dashes (RFC 5626 section 4.1).
    #[error("the instance must be urn:uuid: and a UUID")]
    Instance,
    /// The product text is empty, too long, not printable ASCII, or names a product whose quirks servers look for.
    #[error(
        "the User-Agent text must be 1 to 128 printable characters without \"spa\" or \"cisco\""
    )]
    UserAgent,
}

/// Default of [`Config::udp_keep_alive`]: below the 30 seconds after which the shortest common NAT forgets.
pub const UDP_KEEP_ALIVE: Duration = Duration::from_secs(25);

/// Default of [`Config::unregister_budget`].
pub const UNREGISTER_BUDGET: Duration = Duration::from_secs(4);

impl Config {
    /// `instance` is this device's `+sip.instance`, for example `urn:uuid:00000000-0000-1000-8000-02005e10002a`, the same
    /// over restarts and over users. `user_agent` is the product text for `User-Agent`.
    ///
    /// # Errors
    /// When one of them cannot be sent, or when the product text holds "spa" or "cisco": FreeSWITCH picks other events
    /// for such phones.
    pub fn new(instance: &str, user_agent: &str) -> Result<Self, ConfigError> {
        let uuid = instance.strip_prefix("urn:uuid:").unwrap_or_default();
        let is_uuid = uuid.len() == 36 && uuid.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        if !is_uuid {
            return Err(ConfigError::Instance);
        }
        let lower = user_agent.to_ascii_lowercase();
        let printable = user_agent.bytes().all(|b| matches!(b, b' '..=b'~'));
        let named = lower.contains("spa") || lower.contains("cisco");
        if !(1..=128).contains(&user_agent.len()) || !printable || named {
            return Err(ConfigError::UserAgent);
        }
        Ok(Self {
            instance: instance.to_owned(),
            user_agent: user_agent.to_owned(),
            limits: Limits::default(),
            notify: NotifyPolicy::default(),
            allowed_sources: Vec::new(),
            udp_keep_alive: Some(UDP_KEEP_ALIVE),
            unregister_budget: UNREGISTER_BUDGET,
        })
    }

    /// The device's `+sip.instance` value without quotes and angle brackets.
    #[must_use]
    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// The text of `User-Agent`.
    #[must_use]
    pub fn user_agent(&self) -> &str {
        &self.user_agent
    }
}

/// Ceilings. Over any of them a request is answered 503 with Retry-After or dropped; no state is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Server transactions at a time.
    pub server_transactions: usize,
    /// INVITE server transactions at a time, counted within [`Self::server_transactions`].
    pub invite_transactions: usize,
    /// Requests each second that are looked at, from all servers together.
    pub requests_per_second: u32,
    /// Requests that may come at once after a quiet time.
    pub request_burst: u32,
    /// Accounts at a time.
    pub accounts: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            server_transactions: 64,
            invite_transactions: 32,
            requests_per_second: 50,
            request_burst: 100,
            accounts: 8,
        }
    }
}

/// Which check-sync notifications need more than the right source address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotifyPolicy {
    /// Kinds that are challenged: the sender must know the account's secret. Most servers cannot answer, so none are by
    /// default.
    pub challenged: Vec<CheckSyncKind>,
    /// Whether a request to reboot is passed on as [`CheckSyncKind::Reboot`]. Otherwise it is a
    /// [`CheckSyncKind::Resync`]: most servers ask for a reboot when they mean "fetch your profile".
    pub honour_reboot: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSTANCE: &str = "urn:uuid:00000000-0000-1000-8000-02005e10002a";

    #[test]
    fn the_product_text_may_not_look_like_a_phone_with_quirks() {
        assert!(Config::new(INSTANCE, "hotdesk/1.0").is_ok());
        for bad in [
            "",
            "Spark 1",
            "my-CISCO-like",
            "a\r\nX: y",
            &"x".repeat(129),
        ] {
            assert_eq!(Config::new(INSTANCE, bad), Err(ConfigError::UserAgent));
        }
    }

    #[test]
    fn the_instance_is_a_uuid_urn() {
        for bad in [
            "",
            "urn:uuid:",
            "02005e10002a",
            "urn:uuid:zz000000-0000-1000-8000-02005e10002a",
        ] {
            assert_eq!(Config::new(bad, "hotdesk/1"), Err(ConfigError::Instance));
        }
    }
}
