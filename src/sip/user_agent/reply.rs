//! Building answers: which headers of the request they repeat and where they go (RFC 3261 section 8.2.6). Keeps no state.

use std::net::SocketAddr;

use hotdesk_provisioning::Transport;

use crate::command::{Flow, Transmit};
use crate::digest::fingerprint;
use crate::message::{Headers, Response};
use crate::wire::{HeaderName, write_response};

/// An answer as the user agent decides on it.
#[derive(Debug, Default)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(HeaderName, String)>,
}

impl Reply {
    pub(super) fn status(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
        }
    }

    pub(super) fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The bytes and where they go; `None` when they would be too many. `request` are the headers of the request, however
    /// broken: what is there is repeated.
    pub(super) fn write(self, flow: Flow, request: &Headers, tag_key: &str) -> Option<Transmit> {
        let mut response = Response::new(self.status);
        let via = request.via().ok();
        if let Some(mut top) = via.clone() {
            top.note_source(flow.remote);
            response.headers.push(HeaderName::Via, top.to_string());
        }
        let raw = request.all(&HeaderName::Via).skip(via.is_some().into());
        for value in raw {
            response.headers.push(HeaderName::Via, value);
        }
        for name in [
            HeaderName::From,
            HeaderName::To,
            HeaderName::CallId,
            HeaderName::CSeq,
        ] {
            if let Some(value) = request.first(&name) {
                let mut value = value.to_vec();
                if name == HeaderName::To && self.status > 100 {
                    value.extend(tag(request, tag_key).into_bytes());
                }
                response.headers.push(name, value);
            }
        }
        for (name, value) in self.headers {
            response.headers.push(name, value);
        }
        let destination: SocketAddr = match (flow.transport, &via) {
            (Transport::Udp, Some(via)) => via.answer_to(flow.remote),
            (Transport::Udp, None) | (Transport::Tcp, _) => flow.remote,
        };
        Some(Transmit {
            transport: flow.transport,
            destination,
            bytes: write_response(&response).ok()?,
        })
    }
}

/// `;tag=…` for a To that has none: the same for every answer to the same request, so that answers without state agree.
fn tag(request: &Headers, tag_key: &str) -> String {
    let lacks_tag = request.to().is_ok_and(|to| to.tag().is_none());
    if !lacks_tag {
        return String::new();
    }
    let text = |name| request.text(&name).unwrap_or_default().into_owned();
    let parts = [
        tag_key,
        &text(HeaderName::CallId),
        &text(HeaderName::CSeq),
        &text(HeaderName::From),
        &text(HeaderName::Via),
    ];
    format!(";tag={}", fingerprint(&parts))
}
