//! A telephone system that tells phones where their server is: it hears their multicast question, promises an answer and
//! sends it in one of the ways that real ones have.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::UdpSocket;
use tokio::task::JoinSet;

/// How it writes its NOTIFY.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PnpManner {
    /// As the standard wants it, from the port that was asked.
    Proper,
    /// In a dialog of its own, from another port, with the address in a header and in the body.
    OutOfDialog,
    /// To a target without a scheme, with the phone's own Via and bare line feeds.
    Careless,
}

/// A running one.
#[derive(Debug)]
pub struct PnpServer {
    group: SocketAddrV4,
    answered: Arc<Mutex<Vec<String>>>,
    _task: JoinSet<()>,
}

impl PnpServer {
    /// One on the interface with this address of ours, in a group of its own on a free port, which names `url`.
    pub async fn start(interface: Ipv4Addr, url: &str, manner: PnpManner) -> Self {
        let free = SocketAddrV4::new(Ipv4Addr::new(239, 255, 70, 75), 0);
        Self::start_in(free, interface, url, manner).await
    }

    /// The same in this group; port 0 takes a free one.
    pub async fn start_in(
        group: SocketAddrV4,
        interface: Ipv4Addr,
        url: &str,
        manner: PnpManner,
    ) -> Self {
        let questions = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, group.port()))
            .await
            .unwrap();
        questions
            .join_multicast_v4(*group.ip(), interface)
            .expect("the interface takes multicast");
        let port = questions.local_addr().unwrap().port();
        let answers = UdpSocket::bind((interface, 0)).await.unwrap();
        let answered = Arc::new(Mutex::new(Vec::new()));
        let server = Desk {
            questions,
            answers,
            url: url.to_owned(),
            manner,
            answered: Arc::clone(&answered),
        };
        let mut task = JoinSet::new();
        task.spawn(server.serve());
        Self {
            group: SocketAddrV4::new(*group.ip(), port),
            answered,
            _task: task,
        }
    }

    /// Where phones ask it.
    #[must_use]
    pub fn group(&self) -> SocketAddrV4 {
        self.group
    }

    /// The first lines of what phones said to its NOTIFYs.
    #[must_use]
    pub fn answered(&self) -> Vec<String> {
        let answered = self.answered.lock();
        answered.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

struct Desk {
    questions: UdpSocket,
    answers: UdpSocket,
    url: String,
    manner: PnpManner,
    answered: Arc<Mutex<Vec<String>>>,
}

impl Desk {
    async fn serve(self) {
        let (mut question, mut answer) = ([0; 4096], [0; 4096]);
        loop {
            tokio::select! {
                Ok((length, phone)) = self.questions.recv_from(&mut question) => {
                    let text = String::from_utf8_lossy(&question[..length]).into_owned();
                    if text.starts_with("SUBSCRIBE ") {
                        self.tell(&text, phone).await;
                    }
                }
                Ok((length, _)) = self.answers.recv_from(&mut answer) => {
                    let text = String::from_utf8_lossy(&answer[..length]);
                    let first = text.lines().next().unwrap_or_default().to_owned();
                    let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
                    answered.push(first);
                }
            }
        }
    }

    async fn tell(&self, question: &str, phone: SocketAddr) {
        let line = |name: &str| {
            let line = question.lines().find(|line| line.starts_with(name));
            line.unwrap_or_else(|| panic!("the question has no {name}: {question}"))
        };
        let [via, from, to, call_id, cseq] =
            ["Via:", "From:", "To:", "Call-ID:", "CSeq:"].map(line);
        let promise = format!(
            "SIP/2.0 202 Accepted\r\n{via}\r\n{from}\r\n{to};tag=s\r\n{call_id}\r\n{cseq}\r\nContent-Length: 0\r\n\r\n"
        );
        let _ = self.answers.send_to(promise.as_bytes(), phone).await;
        let us = self.answers.local_addr().unwrap();
        let (url, length) = (&self.url, self.url.len());
        let who = from.trim_start_matches("From:");
        let notify = match self.manner {
            PnpManner::Proper => format!(
                "NOTIFY sip:{phone} SIP/2.0\r\nVia: SIP/2.0/UDP {us};branch=z9hG4bK-s1;rport\r\nMax-Forwards: 70\r\n\
                 From: <sip:pbx@{us}>;tag=s\r\nTo:{who}\r\n{call_id}\r\nCSeq: 2 NOTIFY\r\nContact: <sip:{us}>\r\n\
                 Event: ua-profile;effective-by=0\r\nSubscription-State: terminated;reason=timeout\r\n\
                 Content-Type: application/url\r\nContent-Length: {length}\r\n\r\n{url}"
            ),
            PnpManner::OutOfDialog => format!(
                "NOTIFY sip:{phone} SIP/2.0\r\nVia: SIP/2.0/UDP {us};rport;branch=z9hG4bKQ5\r\nFrom: <sip:{phone}>;tag=K\r\n\
                 To: <sip:{phone}>\r\nCall-ID: another-one\r\nCSeq: 81120500 NOTIFY\r\nEvent: ua-profile\r\n\
                 Subscription-State: terminated;reason=noresource\r\nContent-Type: application/url\r\nMessageBody: {url}\r\n\
                 Content-Length: {length}\r\n\r\n{url}"
            ),
            PnpManner::Careless => format!(
                "NOTIFY {phone} SIP/2.0\n{via}\nTo:{who}\n{from}\n{call_id}\nCSeq: 3 NOTIFY\nEvent: ua-profile\n\
                 Content-Length: {length}\n\n{url}"
            ),
        };
        let _ = self.answers.send_to(notify.as_bytes(), phone).await;
    }
}
