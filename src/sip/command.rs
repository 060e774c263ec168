//! What the shell says to the user agent and what the user agent hands to the shell's sockets. Plain data.

use std::fmt;
use std::net::SocketAddr;

use hotdesk_provisioning::{Account, Transport};

/// Names one account towards this user agent. Chosen by the caller, who never uses one number for two accounts at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub u64);

/// Everything needed to register one account from one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registrant {
    /// Who to be.
    pub account: Account,
    /// The user part of our Contact: random for each association, 1 to 64 of `A-Z a-z 0-9 - _ .`. It tells our binding
    /// from anybody else's, and only the registrar learns it.
    pub contact_token: String,
    /// The registrar or outbound proxy, resolved.
    pub server: SocketAddr,
    /// What Contact and Via say about where we are.
    pub local: SocketAddr,
    /// Whether each refresh is preceded by a query REGISTER (RFC 3261 section 10.2.3), so that a phone whose user logged
    /// in elsewhere does not take them back.
    pub check_displacement: bool,
}

impl Registrant {
    /// With the displacement check on.
    #[must_use]
    pub fn new(
        account: Account,
        contact_token: &str,
        server: SocketAddr,
        local: SocketAddr,
    ) -> Self {
        Self {
            account,
            contact_token: contact_token.to_owned(),
            server,
            local,
            check_displacement: true,
        }
    }

    /// How SIP travels to the server: the outbound proxy's transport if there is one, else the registrar's.
    #[must_use]
    pub fn transport(&self) -> Transport {
        self.account
            .outbound_proxy
            .as_ref()
            .unwrap_or(&self.account.registrar)
            .transport()
    }
}

/// What the shell wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Register and keep registered. An account that had this id is abandoned first.
    Register {
        /// Its name from now on.
        id: AccountId,
        /// Who, where to, where from.
        registrant: Registrant,
    },
    /// Remove our own binding and forget the account, in the way of [`Account::unregister`]. Ends with exactly one
    /// [`crate::UserAgentEvent::Unregistered`] within [`crate::Config::unregister_budget`].
    Unregister {
        /// Which account.
        id: AccountId,
    },
    /// Remove a binding that an earlier process left behind, without registering first. Ends as [`Self::Unregister`].
    CleanUp {
        /// Its name until the end.
        id: AccountId,
        /// Whose binding, with the Contact token it was made with.
        registrant: Registrant,
    },
    /// Forget the account and its secret at once and send nothing: somebody else holds the binding now.
    Abandon {
        /// Which account.
        id: AccountId,
    },
    /// The server or our own address moved: register again from the new place.
    Rebind {
        /// Which account.
        id: AccountId,
        /// The registrar or outbound proxy, resolved anew.
        server: SocketAddr,
        /// What Contact and Via say from now on.
        local: SocketAddr,
    },
    /// Register every account again now, for example after a check-sync: some servers drop bindings when they send one.
    RefreshAll,
}

/// Where bytes came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flow {
    /// Datagram or stream.
    pub transport: Transport,
    /// Our end.
    pub local: SocketAddr,
    /// Their end.
    pub remote: SocketAddr,
}

/// Bytes to send. On TCP the shell uses the open connection to `destination`, or opens one.
#[derive(Clone, PartialEq, Eq)]
pub struct Transmit {
    /// Datagram or stream.
    pub transport: Transport,
    /// Where to.
    pub destination: SocketAddr,
    /// One whole message or keep-alive.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Transmit {
    /// Shows where and how much, never the bytes: they may hold a digest response.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transmit")
            .field("transport", &self.transport)
            .field("destination", &self.destination)
            .field("length", &self.bytes.len())
            .finish()
    }
}
