//! REGISTER as a message: builds requests and says what answers mean (RFC 3261 section 10.2, RFC 5626 section 4.2). Never
//! decides what happens next.

use std::net::SocketAddr;
use std::time::Duration;

use hotdesk_provisioning::Transport;

use crate::command::Registrant;
use crate::event::RejectedWhy;
use crate::message::{Body, Headers, Request, Response, parse_number};
use crate::wire::{HeaderName, Method, NameAddr, Uri, unquote};

/// What requests may be sent to us; said in REGISTER, in answers to OPTIONS and with 405.
pub(crate) const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY";

/// Extensions that a registration offers (RFC 3327, RFC 5627, RFC 5626), until a server dislikes one.
pub(crate) const EXTENSIONS: [&str; 3] = ["path", "gruu", "outbound"];

/// Longest time anybody is registered for; a server that grants or demands more is held to it.
pub(crate) const EXPIRES_MAX: u32 = 7 * 86_400;

/// Longest Retry-After that is obeyed.
const RETRY_AFTER_MAX: u32 = 3600;

/// What a REGISTER does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Creates or refreshes our binding.
    Bind,
    /// Asks whose bindings there are before a refresh (section 10.2.3).
    RefreshQuery,
    /// Asks the same before un-registering.
    UnbindQuery,
    /// Removes our binding (section 10.2.2).
    Unbind,
}

/// Everything that distinguishes one REGISTER from another.
pub(crate) struct Register<'a> {
    pub(crate) registrant: &'a Registrant,
    pub(crate) purpose: Purpose,
    /// Request-URI; the registrar's domain unless redirected.
    pub(crate) uri: Uri,
    pub(crate) branch: &'a str,
    pub(crate) from_tag: &'a str,
    pub(crate) call_id: &'a str,
    pub(crate) cseq: u32,
    /// Seconds to ask for.
    pub(crate) expires: u32,
    pub(crate) extensions: &'a [&'static str],
    pub(crate) instance: &'a str,
    pub(crate) user_agent: &'a str,
}

impl Register<'_> {
    /// The request without credentials.
    pub(crate) fn build(self) -> Request {
        let mut headers = Headers::default();
        let aor = &self.registrant.account.aor;
        let local = host_port(self.registrant.local);
        let transport = self.registrant.transport().to_string().to_ascii_uppercase();
        let branch = self.branch;
        headers.push(
            HeaderName::Via,
            format!("SIP/2.0/{transport} {local};branch={branch};rport"),
        );
        headers.push(HeaderName::MaxForwards, "70");
        headers.push(HeaderName::From, format!("<{aor}>;tag={}", self.from_tag));
        headers.push(HeaderName::To, format!("<{aor}>"));
        headers.push(HeaderName::CallId, self.call_id);
        headers.push(HeaderName::CSeq, format!("{} REGISTER", self.cseq));
        match self.purpose {
            Purpose::Bind => {
                headers.push(HeaderName::Contact, self.contact());
                headers.push(HeaderName::Expires, self.expires.to_string());
            }
            // The header repeats what the parameter says: some registrars believe only one of the two.
            Purpose::Unbind => {
                headers.push(HeaderName::Contact, format!("{};expires=0", self.contact()));
                headers.push(HeaderName::Expires, "0");
            }
            Purpose::RefreshQuery | Purpose::UnbindQuery => {}
        }
        if !self.extensions.is_empty() {
            headers.push(HeaderName::Supported, self.extensions.join(", "));
        }
        headers.push(HeaderName::Allow, ALLOW);
        headers.push(HeaderName::UserAgent, self.user_agent);
        Request {
            method: Method::Register,
            uri: self.uri,
            headers,
            body: Body::default(),
        }
    }

    fn contact(&self) -> String {
        let uri = contact_uri(self.registrant);
        let reg_id = if self.extensions.contains(&"outbound") {
            ";reg-id=1"
        } else {
            ""
        };
        format!("<{uri}>{reg_id};+sip.instance=\"<{}>\"", self.instance)
    }
}

/// Our Contact without brackets.
pub(crate) fn contact_uri(registrant: &Registrant) -> String {
    let local = host_port(registrant.local);
    let transport = match registrant.transport() {
        Transport::Udp => "",
        Transport::Tcp => ";transport=tcp",
    };
    format!("sip:{}@{local}{transport}", registrant.contact_token)
}

/// An address as SIP writes it: without the scope that an IPv6 socket address may carry.
pub(crate) fn host_port(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(v4) => v4.to_string(),
        SocketAddr::V6(v6) => format!("[{}]:{}", v6.ip(), v6.port()),
    }
}

/// What an answer to REGISTER means, whatever it was an answer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// 1xx: not yet.
    Provisional,
    /// 2xx.
    Success,
    /// 401 or 407.
    Challenge,
    /// 423: ask for this many seconds.
    TooBrief(Option<u32>),
    /// 420: without these extensions.
    BadExtension(Vec<String>),
    /// 430, 439: without outbound.
    NoOutbound,
    /// 3xx: there, when it is an address.
    Redirect(Option<(Uri, SocketAddr)>),
    /// The server is in trouble; it may have said for how long.
    Trouble(Option<Duration>),
    /// No, for good.
    Refusal(RejectedWhy),
}

/// Reads an answer by its status (wire practice beside RFC 3261 section 10.2.7: busy codes are a server in trouble).
pub(crate) fn interpret(response: &Response) -> Outcome {
    let headers = &response.headers;
    match response.status {
        ..=199 => Outcome::Provisional,
        200..=299 => Outcome::Success,
        300..=302 | 305 => Outcome::Redirect(redirect_target(headers)),
        401 | 407 => Outcome::Challenge,
        403 => Outcome::Refusal(RejectedWhy::Forbidden),
        404 | 604 => Outcome::Refusal(RejectedWhy::UnknownUser),
        420 => Outcome::BadExtension(headers.tokens(&HeaderName::Unsupported)),
        423 => Outcome::TooBrief(headers.number(&HeaderName::MinExpires)),
        430 | 439 => Outcome::NoOutbound,
        408 | 480 | 486 | 500..=600 => Outcome::Trouble(
            headers
                .number(&HeaderName::RetryAfter)
                .filter(|seconds| *seconds > 0)
                .map(|seconds| Duration::from_secs(seconds.min(RETRY_AFTER_MAX).into())),
        ),
        303..=304 | 306.. => Outcome::Refusal(RejectedWhy::Refused),
    }
}

/// The first Contact that needs no name to be resolved.
fn redirect_target(headers: &Headers) -> Option<(Uri, SocketAddr)> {
    headers.contacts().into_iter().find_map(|contact| {
        let address = SocketAddr::new(contact.uri.ip()?, contact.uri.port().unwrap_or(5060));
        Some((contact.uri, address))
    })
}

/// Whose bindings a 200 lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Listing {
    /// How many seconds ours still has, if it is listed.
    pub(crate) ours: Option<u32>,
    /// Whether anybody else is listed.
    pub(crate) others: bool,
}

/// Reads the Contacts of a 200. `asked` is what a Contact without any time was granted.
pub(crate) fn listing(
    response: &Response,
    registrant: &Registrant,
    instance: &str,
    asked: u32,
) -> Listing {
    let mut listing = Listing {
        ours: None,
        others: false,
    };
    let default = response.headers.number(&HeaderName::Expires);
    for contact in response.headers.contacts() {
        let named = contact.params.raw("expires").map(unquote);
        let seconds = match named {
            Some(text) => parse_number(&text).unwrap_or(EXPIRES_MAX),
            None => default.unwrap_or(asked),
        };
        if seconds == 0 {
            continue;
        }
        if is_ours(&contact, registrant, instance) {
            listing.ours = listing.ours.max(Some(seconds.min(EXPIRES_MAX)));
        } else {
            listing.others = true;
        }
    }
    listing
}

/// Ours is whose user part is our token: registrars rewrite hosts and drop parameters, but nobody else knows the token.
/// Where the site wants the user of the address-of-record as token, host and port must match too. A binding of this very
/// device counts as ours also when something on the way rewrote its user part.
fn is_ours(contact: &NameAddr, registrant: &Registrant, instance: &str) -> bool {
    let uri = &contact.uri;
    let has_token = uri.user() == Some(registrant.contact_token.as_str());
    let is_secret = registrant.contact_token != registrant.account.aor.user();
    let is_here = uri.ip() == Some(registrant.local.ip())
        && uri.port().unwrap_or(5060) == registrant.local.port();
    let device = contact.params.value("+sip.instance");
    let is_device = device.is_some_and(|d| d.eq_ignore_ascii_case(&format!("<{instance}>")));
    (has_token && (is_secret || is_here)) || is_device
}

#[cfg(test)]
#[path = "register_message_tests.rs"]
mod tests;
