//! What arrives: answers to our requests, and requests with our answers to them.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use hotdesk_provisioning::Transport;

use super::UserAgent;
use super::reply::Reply;
use crate::command::{Flow, Transmit};
use crate::event::UserAgentEvent;
use crate::gate::Admission;
use crate::message::{Headers, Message, Request, Response};
use crate::notify::{ALLOW_EVENTS, CheckSyncKind, Notification, classify};
use crate::register_message::{ALLOW, EXTENSIONS};
use crate::registration::Registration;
use crate::transaction::{Arrival, Pending, ServerKey};
use crate::wire::{HeaderName, Method, ParseFailure, parse};

/// How long equal check-syncs count as one: servers send one for each of a user's devices, or one from each of two nodes.
const COALESCE: Duration = Duration::from_secs(2);

/// What a sender is told to wait when there are too many transactions; the oldest end within 32 seconds.
const BUSY_SECONDS: &str = "8";

/// The only body that a call may have.
const SDP: &str = "application/sdp";

impl UserAgent {
    pub(super) fn receive(&mut self, now: Instant, flow: Flow, bytes: &[u8]) {
        if bytes.iter().all(|b| matches!(b, b'\r' | b'\n')) {
            return self.receive_keep_alive(flow, bytes);
        }
        let is_response = bytes.trim_ascii_start().starts_with(b"SIP/");
        let admission = if is_response {
            Admission::Welcome
        } else {
            self.admit(now, flow.remote.ip())
        };
        if admission == Admission::Flood {
            return;
        }
        match (parse(bytes), admission) {
            (Ok(Message::Response(response)), _) => self.receive_response(now, flow, &response),
            (Ok(Message::Request(request)), Admission::Welcome) => {
                self.receive_request(now, flow, request);
            }
            (Ok(Message::Request(request)), Admission::Stranger) => {
                if request.method != Method::Ack {
                    self.send_stateless(flow, &request.headers, Reply::status(403));
                }
            }
            (
                Err(ParseFailure::Answer {
                    status, headers, ..
                }),
                Admission::Welcome,
            ) => {
                self.send_stateless(flow, &headers, Reply::status(status));
            }
            (Ok(Message::Request(_)), Admission::Flood)
            | (Err(ParseFailure::Drop(_)), _)
            | (Err(ParseFailure::Answer { .. }), Admission::Stranger | Admission::Flood) => {}
        }
    }

    /// RFC 5626 section 3.5.1: a double CRLF on a stream wants a single one.
    fn receive_keep_alive(&mut self, flow: Flow, bytes: &[u8]) {
        if flow.transport == Transport::Tcp && bytes == b"\r\n\r\n" {
            self.transmits.push_back(Transmit {
                transport: flow.transport,
                destination: flow.remote,
                bytes: b"\r\n".to_vec(),
            });
        }
    }

    fn admit(&mut self, now: Instant, source: IpAddr) -> Admission {
        let servers = self.registrations.iter().map(Registration::registrant);
        let servers = servers.map(|registrant| registrant.server.ip());
        let allowed = servers.chain(self.config.allowed_sources.iter().copied());
        self.gate.admit(now, source, allowed)
    }

    fn receive_response(&mut self, now: Instant, flow: Flow, response: &Response) {
        let owner = self.clients.receive(now, response, flow.remote);
        if let Some(id) = owner {
            self.drive(now, id, |registration, context| {
                registration.answered(context, response);
            });
        }
    }

    pub(super) fn receive_request(&mut self, now: Instant, flow: Flow, request: Request) {
        if request.method == Method::Ack {
            return self.servers.receive_ack(now, &request);
        }
        match self.servers.receive(now, flow, &request) {
            Arrival::Again(answer) => self.transmits.extend(answer),
            Arrival::Full => {
                let reply = Reply::status(503).with(HeaderName::RetryAfter, BUSY_SECONDS);
                self.send_stateless(flow, &request.headers, reply);
            }
            Arrival::New(key) => {
                let (reply, event) = self.judge(now, &request);
                let pending = Pending { flow, request };
                self.answer(now, &key, &pending, reply);
                self.events.extend(event);
            }
        }
    }

    /// Answers without a transaction.
    fn send_stateless(&mut self, flow: Flow, request: &Headers, reply: Reply) {
        self.transmits
            .extend(reply.write(flow, request, &self.tag_key));
    }

    /// Answers an INVITE that waits.
    pub(super) fn answer_invite(
        &mut self,
        now: Instant,
        key: &ServerKey,
        pending: &Pending,
        status: u16,
    ) {
        self.answer(now, key, pending, Reply::status(status));
    }

    fn answer(&mut self, now: Instant, key: &ServerKey, pending: &Pending, reply: Reply) {
        let status = reply.status;
        let written = reply.write(pending.flow, &pending.request.headers, &self.tag_key);
        match written {
            Some(transmit) => {
                let sent = self.servers.respond(now, key, status, transmit);
                self.transmits.extend(sent);
            }
            None => self.servers.abandon(key),
        }
    }

    /// The order of RFC 3261 section 8.2: method, then who is meant, then extensions, then the method's own rules.
    fn judge(&mut self, now: Instant, request: &Request) -> (Reply, Option<UserAgentEvent>) {
        match request.method {
            Method::Invite | Method::Bye | Method::Options | Method::Notify => {}
            Method::Cancel => return (self.cancel(now, request), None),
            Method::Ack
            | Method::Info
            | Method::Message
            | Method::Prack
            | Method::Publish
            | Method::Refer
            | Method::Register
            | Method::Subscribe
            | Method::Update
            | Method::Other(_) => {
                let reply = Reply::status(405).with(HeaderName::Allow, ALLOW);
                return (reply, None);
            }
        }
        if let Some(refusal) = self.inspect(request) {
            (refusal, None)
        } else if request.method == Method::Notify {
            self.notify(now, request)
        } else if request.method == Method::Invite {
            (invite(request), None)
        } else {
            (capabilities(), None)
        }
    }

    /// What is wrong with a request before its method matters: an address that nobody has, an extension that nobody knows, a
    /// dialog that was never made, a user who left.
    fn inspect(&self, request: &Request) -> Option<Reply> {
        if !request.uri.is_sip() {
            return Some(Reply::status(416));
        }
        let required = request.headers.tokens(&HeaderName::Require);
        if !required.is_empty() {
            let unsupported = required.join(", ");
            return Some(Reply::status(420).with(HeaderName::Unsupported, unsupported));
        }
        let has_tag = request.headers.to().is_ok_and(|to| to.tag().is_some());
        let is_in_dialog =
            request.method == Method::Bye || (has_tag && request.method == Method::Invite);
        if is_in_dialog {
            Some(Reply::status(481))
        } else {
            self.is_gone(request).then(|| Reply::status(480))
        }
    }

    /// RFC 3261 section 9.2: the CANCEL is answered 200 whenever its INVITE is known, and the INVITE 487 if it still waits.
    fn cancel(&mut self, now: Instant, request: &Request) -> Reply {
        match self.servers.cancelled(request) {
            Ok(Some((key, pending))) => {
                self.answer_invite(now, &key, &pending, 487);
                Reply::status(200)
            }
            Ok(None) => Reply::status(200),
            Err(()) => Reply::status(481),
        }
    }

    /// Whether the request is for somebody who left: the server shall go on to voicemail, not ring here.
    fn is_gone(&self, request: &Request) -> bool {
        let Some(user) = request.uri.user() else {
            return false;
        };
        let is_current = self.registrations.iter().any(|r| answers_to(r, user));
        !is_current && self.gone.iter().any(|gone| gone == user)
    }

    fn notify(&mut self, now: Instant, request: &Request) -> (Reply, Option<UserAgentEvent>) {
        let found = self.account_of(request);
        let account = found.map(Registration::id);
        match classify(request, self.config.notify.honour_reboot) {
            None => {
                let reply = Reply::status(489).with(HeaderName::AllowEvents, ALLOW_EVENTS);
                (reply, None)
            }
            Some(Notification::KeepAlive | Notification::MessageWaiting(None)) => {
                (Reply::status(200), None)
            }
            Some(Notification::MessageWaiting(Some(waiting))) => {
                let event = UserAgentEvent::MessageWaiting { account, waiting };
                (Reply::status(200), Some(event))
            }
            Some(Notification::CheckSync(kind)) => {
                if let Some(refusal) = self.challenge(now, request, kind) {
                    return (refusal, None);
                }
                let known = (kind, account);
                self.coalesced.retain(|(.., until)| *until > now);
                if self.coalesced.iter().any(|(k, a, _)| (*k, *a) == known) {
                    return (Reply::status(200), None);
                }
                self.coalesced.push((kind, account, now + COALESCE));
                let event = UserAgentEvent::CheckSync { kind, account };
                (Reply::status(200), Some(event))
            }
        }
    }

    /// 401 or 403 when the policy wants proof for this kind and it is not there.
    fn challenge(&mut self, now: Instant, request: &Request, kind: CheckSyncKind) -> Option<Reply> {
        if !self.config.notify.challenged.contains(&kind) {
            return None;
        }
        let Some(registration) = account_of(&self.registrations, request) else {
            return Some(Reply::status(403));
        };
        let account = &registration.registrant().account;
        if self.challenger.is_answered(now, request, account) {
            return None;
        }
        let values = self
            .challenger
            .challenge(now, account.aor.domain(), &mut self.random);
        let reply = values.into_iter().fold(Reply::status(401), |reply, value| {
            reply.with(HeaderName::WwwAuthenticate, value)
        });
        Some(reply)
    }

    fn account_of(&self, request: &Request) -> Option<&Registration> {
        account_of(&self.registrations, request)
    }
}

/// The account that a request names, in its Request-URI or else in its To.
fn account_of<'a>(
    registrations: &'a [Registration],
    request: &Request,
) -> Option<&'a Registration> {
    let to = request.headers.to().ok().map(|to| to.uri);
    [Some(&request.uri), to.as_ref()]
        .into_iter()
        .flatten()
        .filter_map(|uri| uri.user())
        .find_map(|user| registrations.iter().find(|r| answers_to(r, user)))
}

fn answers_to(registration: &Registration, user: &str) -> bool {
    let registrant = registration.registrant();
    registrant.contact_token == user || registrant.account.aor.user() == user
}

/// No call application is connected: a call that could be taken is told that nobody is there.
fn invite(request: &Request) -> Reply {
    let headers = &request.headers;
    let media = |value: &str| {
        let media = value.split(';').next().unwrap_or_default();
        media.trim().to_ascii_lowercase()
    };
    let content = headers.text(&HeaderName::ContentType).map(|t| media(&t));
    let is_readable = request.body.0.is_empty()
        || content.is_none_or(|media| media == SDP || media.starts_with("multipart/"));
    if !is_readable {
        return Reply::status(415).with(HeaderName::Accept, SDP);
    }
    let wanted = headers.tokens(&HeaderName::Accept);
    let takes_sdp = ["*/*", "application/*", SDP];
    let is_takeable = wanted.is_empty()
        || wanted
            .iter()
            .any(|w| takes_sdp.contains(&media(w).as_str()));
    if is_takeable {
        Reply::status(480)
    } else {
        Reply::status(406)
    }
}

/// The answer to OPTIONS (RFC 3261 section 11.2).
fn capabilities() -> Reply {
    Reply::status(200)
        .with(HeaderName::Allow, ALLOW)
        .with(HeaderName::Accept, SDP)
        .with(HeaderName::Supported, EXTENSIONS.join(", "))
        .with(HeaderName::AllowEvents, ALLOW_EVENTS)
}
