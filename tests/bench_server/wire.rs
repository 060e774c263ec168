//! One connection of a phone or a browser: just enough HTTP/1.1, so that twenty thousand of them cost this process little
//! of the processor that the server is measured on.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Longest answer; the portal's pages are the longest.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// A phone's connection.
pub(crate) type PhoneLine = Line<TlsStream<TcpStream>>;

/// A connection on which one request is asked after the other.
#[derive(Debug)]
pub(crate) struct Line<S> {
    stream: S,
    read: Vec<u8>,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// A header's value; its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut headers = head.lines().filter_map(|line| line.split_once(": "));
    headers
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

/// Connects from an address of its own: ports of one address would run out.
pub(crate) async fn connect(at: SocketAddr, from: Ipv4Addr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((from, 0)))?;
    let stream = socket.connect(at).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A phone's connection, over TLS.
pub(crate) async fn dial(
    at: SocketAddr,
    from: Ipv4Addr,
    tls: &Arc<ClientConfig>,
) -> io::Result<PhoneLine> {
    let stream = connect(at, from).await?;
    let name = ServerName::from(at.ip());
    let stream = TlsConnector::from(Arc::clone(tls))
        .connect(name, stream)
        .await?;
    Ok(Line::new(stream))
}

impl<S: AsyncRead + AsyncWrite + Unpin> Line<S> {
    pub(crate) fn new(stream: S) -> Self {
        let read = Vec::new();
        Self { stream, read }
    }

    /// Asks and reads the whole answer. `headers` end with a line break each.
    pub(crate) async fn ask(
        &mut self,
        request: &str,
        headers: &str,
        body: &str,
    ) -> io::Result<Answer> {
        self.send(request, headers, body).await?;
        let head = self.head().await?;
        let length = header(&head, "content-length").and_then(|text| text.parse().ok());
        let length: usize = length.unwrap_or(0).min(ANSWER_BYTES_MAX);
        while self.read.len() < length {
            self.more().await?;
        }
        let body = String::from_utf8_lossy(&self.read[..length]).into_owned();
        self.read.drain(..length);
        let status = head.get(9..12).and_then(|text| text.parse().ok());
        let status = status.ok_or(io::ErrorKind::InvalidData)?;
        Ok(Answer { status, head, body })
    }

    /// Begins to listen for events.
    pub(crate) async fn listen(&mut self, token: &str) -> io::Result<bool> {
        let headers = format!("Authorization: Bearer {token}\r\n");
        self.send("GET /v1/events", &headers, "").await?;
        Ok(self.head().await?.starts_with("HTTP/1.1 200"))
    }

    /// Waits until the stream has said these words.
    pub(crate) async fn hears(&mut self, words: &str) -> io::Result<()> {
        while !self
            .read
            .windows(words.len())
            .any(|part| part == words.as_bytes())
        {
            self.more().await?;
        }
        self.read.clear();
        Ok(())
    }

    async fn send(&mut self, request: &str, headers: &str, body: &str) -> io::Result<()> {
        let text = format!(
            "{request} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n{headers}\r\n{body}",
            body.len()
        );
        self.stream.write_all(text.as_bytes()).await?;
        self.stream.flush().await
    }

    async fn head(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = self.read.windows(4).position(|part| part == b"\r\n\r\n") {
                let head: Vec<u8> = self.read.drain(..end + 4).collect();
                return Ok(String::from_utf8_lossy(&head).into_owned());
            }
            self.more().await?;
        }
    }

    async fn more(&mut self) -> io::Result<()> {
        let mut bytes = [0; 4096];
        match self.stream.read(&mut bytes).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            count => {
                self.read.extend_from_slice(&bytes[..count]);
                Ok(())
            }
        }
    }
}
