//! Which transaction a message belongs to (RFC 3261 sections 17.1.3 and 17.2.3).

use crate::message::{Request, Response};
use crate::wire::{HeaderName, Method};

/// Names a client transaction: our branch and the method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientKey {
    branch: String,
    method: Method,
}

impl ClientKey {
    /// Of a request that we send with this branch.
    #[must_use]
    pub fn new(branch: &str, method: Method) -> Self {
        Self {
            branch: branch.to_owned(),
            method,
        }
    }

    /// Of a response; `None` when it has no branch of RFC 3261 or more than one Via: then it is not ours.
    #[must_use]
    pub fn of(response: &Response) -> Option<Self> {
        let is_ours = response.headers.all(&HeaderName::Via).count() == 1;
        let via = response.headers.via().ok().filter(|_| is_ours)?;
        let cseq = response.headers.cseq().ok()?;
        via.branch().map(|branch| Self::new(branch, cseq.method))
    }
}

/// Names a server transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerKey {
    identity: Identity,
    method: Method,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Identity {
    /// The branch is unique.
    Branch { branch: String, sent_by: String },
    /// The branch is missing or is only the cookie: everything that an RFC 2543 retransmission repeats. The To tag is left
    /// out, because the ACK has one that its INVITE lacks.
    Whole {
        uri: String,
        from_tag: Option<String>,
        call_id: String,
        cseq: u32,
        via: String,
    },
}

impl ServerKey {
    /// Of a request. ACK and CANCEL get the key of the INVITE by [`Self::invite`].
    #[must_use]
    pub fn of(request: &Request) -> Option<Self> {
        let via = request.headers.via().ok()?;
        let identity = match via.branch() {
            Some(branch) => Identity::Branch {
                branch: branch.to_ascii_lowercase(),
                sent_by: via.sent_by(),
            },
            None => Identity::Whole {
                uri: request.uri.as_str().to_owned(),
                from_tag: request.headers.from().ok()?.tag().map(str::to_owned),
                call_id: request.headers.call_id().ok()?.into_owned(),
                cseq: request.headers.cseq().ok()?.number,
                via: via.to_string(),
            },
        };
        Some(Self {
            identity,
            method: request.method.clone(),
        })
    }

    /// The INVITE that an ACK or CANCEL with this key belongs to.
    #[must_use]
    pub fn invite(&self) -> Self {
        Self {
            identity: self.identity.clone(),
            method: Method::Invite,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::parse_request;

    fn key(method: &str, via: &str, rest: &str) -> ServerKey {
        let text = format!(
            "{method} sip:a@h SIP/2.0\r\nVia: {via}\r\nFrom: <sip:b@h>;tag=1\r\nTo: <sip:a@h>{rest}\r\n\
             Call-ID: c\r\nCSeq: 1 {method}\r\n\r\n"
        );
        ServerKey::of(&parse_request(text.as_bytes()).unwrap()).unwrap()
    }

    #[test]
    fn the_branch_and_who_sent_it_decide() {
        let a = key("INVITE", "SIP/2.0/UDP h;branch=z9hG4bK1", "");
        assert_eq!(
            a,
            key("INVITE", "SIP/2.0/UDP H:5060;branch=z9hG4bK1", ";tag=9")
        );
        assert_ne!(a, key("INVITE", "SIP/2.0/UDP other;branch=z9hG4bK1", ""));
        assert_ne!(a, key("OPTIONS", "SIP/2.0/UDP h;branch=z9hG4bK1", ""));
        assert_eq!(
            a,
            key("ACK", "SIP/2.0/UDP h;branch=z9hG4bK1", ";tag=9").invite()
        );
        assert_eq!(
            a,
            key("CANCEL", "SIP/2.0/UDP h;branch=z9hG4bK1", "").invite()
        );
    }

    #[test]
    fn a_branch_that_is_only_the_cookie_is_no_branch() {
        let a = key("INVITE", "SIP/2.0/UDP h;branch=z9hG4bK", "");
        assert_eq!(a, key("INVITE", "SIP/2.0/UDP h;branch=z9hG4bK", ""));
        assert_eq!(
            a,
            key("ACK", "SIP/2.0/UDP h;branch=z9hG4bK", ";tag=9").invite()
        );
        assert_ne!(a, key("INVITE", "SIP/2.0/UDP h:5070;branch=z9hG4bK", ""));
        assert_ne!(
            key("INVITE", "SIP/2.0/UDP h", ""),
            key("INVITE", "SIP/2.0/UDP h;branch=old1", "")
        );
    }
}
