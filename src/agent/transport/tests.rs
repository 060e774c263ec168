//! Real sockets on the loopback: datagrams of both families, streams in pieces, servers that go away.

use std::os::fd::{AsRawFd, RawFd};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UdpSocket;
use tokio::time::timeout;

use super::*;

const OPTIONS: &[u8] = b"OPTIONS sip:x SIP/2.0\r\nContent-Length: 0\r\n\r\n";
const PATIENCE: Duration = Duration::from_secs(10);

async fn open(listen: &str) -> (Transport, mpsc::Receiver<Arrival>) {
    Transport::open(listen.parse().unwrap()).await.unwrap()
}

fn to(transport: Protocol, destination: SocketAddr, bytes: &[u8]) -> Transmit {
    Transmit {
        transport,
        destination,
        bytes: bytes.to_vec(),
    }
}

async fn arrival(arrivals: &mut mpsc::Receiver<Arrival>) -> Arrival {
    let next = timeout(PATIENCE, arrivals.recv()).await;
    next.expect("something arrives")
        .expect("the transport lives")
}

fn server(text: &str) -> ServerAddress {
    let (host, port) = text.rsplit_once(':').unwrap();
    ServerAddress::new(host, port.parse().unwrap(), Protocol::Udp).unwrap()
}

#[tokio::test]
async fn one_socket_speaks_both_families() {
    let (mut phone, _arrivals) = open("[::]:0").await;
    for peer in ["127.0.0.1:0", "[::1]:0"] {
        let peer = UdpSocket::bind(peer).await.unwrap();
        let address = peer.local_addr().unwrap();
        phone.send(to(Protocol::Udp, address, b"hello")).unwrap();
        let mut buffer = [0; 64];
        let (length, from) = timeout(PATIENCE, peer.recv_from(&mut buffer))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(&buffer[..length], b"hello");
        assert_eq!(from.port(), phone.port());
        peer.send_to(b"hi", from).await.unwrap();
        let (length, flow) = timeout(PATIENCE, phone.receive(&mut buffer)).await.unwrap();
        assert_eq!(
            (&buffer[..length], flow.remote),
            (b"hi".as_slice(), address)
        );
    }
}

/// What the kernel tells of every epoll of this process: `tfd: 12 events: 80000019 ...`, the events in hexadecimal.
fn awaited_events(descriptor: RawFd) -> Vec<u32> {
    let of_descriptor = |line: &str| {
        let mut words = line.strip_prefix("tfd:")?.split_whitespace();
        let found = words.next()?.parse() == Ok(descriptor);
        let events = words.nth(1).filter(|_| found)?;
        u32::from_str_radix(events, 16).ok()
    };
    let files = std::fs::read_dir("/proc/self/fdinfo").unwrap().flatten();
    let texts = files.filter_map(|file| std::fs::read_to_string(file.path()).ok());
    texts
        .flat_map(|text| text.lines().filter_map(of_descriptor).collect::<Vec<_>>())
        .collect()
}

#[tokio::test]
async fn a_datagram_that_has_left_wakes_nobody() {
    const EPOLLIN: u32 = 1;
    const EPOLLOUT: u32 = 4;
    let (phone, _arrivals) = open("127.0.0.1:0").await;
    let awaited = awaited_events(phone.udp.as_raw_fd());
    assert!(!awaited.is_empty(), "the kernel shows no epoll");
    // The runtime holds its epoll twice.
    for events in awaited {
        assert_eq!(events & (EPOLLIN | EPOLLOUT), EPOLLIN, "{events:x}");
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let (first, _arrivals) = open("127.0.0.1:0").await;
    let second = Transport::open(first.local).await.unwrap_err();
    assert!(format!("{second:#}").contains("sip.listen"), "{second:#}");
}

#[tokio::test]
async fn our_address_is_the_one_that_faces_the_server() {
    let (phone, mut arrivals) = open("[::]:0").await;
    for (text, ip) in [("127.0.0.1:5060", "127.0.0.1"), ("[::1]:5060", "::1")] {
        let (_, route) = phone
            .resolve(server(text))
            .expect("an address needs no name server");
        let local = SocketAddr::new(ip.parse().unwrap(), phone.port());
        assert_eq!(route.unwrap().local, local);
    }
    assert_eq!(phone.resolve(server("localhost:5070")), None);
    let Arrival::Resolved(name, route) = arrival(&mut arrivals).await else {
        panic!("a name is looked up")
    };
    assert_eq!(name.host(), "localhost");
    assert!(route.unwrap().server.ip().is_loopback());
}

#[tokio::test]
async fn a_phone_without_ipv6_finds_no_way_to_an_ipv6_server() {
    let (phone, _arrivals) = open("0.0.0.0:0").await;
    let (_, route) = phone.resolve(server("[::1]:5060")).unwrap();
    assert_eq!(route, None);
}

#[tokio::test]
async fn a_connection_is_made_once_and_cut_into_messages() {
    let (mut phone, mut arrivals) = open("127.0.0.1:0").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    for _ in 0..2 {
        phone.send(to(Protocol::Tcp, address, OPTIONS)).unwrap();
    }
    let (mut stream, _) = timeout(PATIENCE, listener.accept()).await.unwrap().unwrap();
    let mut both = vec![0; OPTIONS.len() * 2];
    timeout(PATIENCE, stream.read_exact(&mut both))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(both, OPTIONS.repeat(2));
    let (first, rest) = OPTIONS.split_at(9);
    stream.write_all(first).await.unwrap();
    stream.write_all(&[rest, OPTIONS].concat()).await.unwrap();
    for _ in 0..2 {
        let Arrival::Message(flow, bytes) = arrival(&mut arrivals).await else {
            panic!("a message arrives")
        };
        assert_eq!((flow.remote, flow.transport), (address, Protocol::Tcp));
        assert_eq!(bytes, OPTIONS);
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_or_is_not_there_is_reported() {
    let (mut phone, mut arrivals) = open("127.0.0.1:0").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    phone.send(to(Protocol::Tcp, address, OPTIONS)).unwrap();
    drop(timeout(PATIENCE, listener.accept()).await.unwrap().unwrap());
    drop(listener);
    for round in ["it hangs up", "nobody listens"] {
        let Arrival::Closed(remote, number) = arrival(&mut arrivals).await else {
            panic!("{round}")
        };
        assert_eq!(remote, address);
        assert!(phone.closed(remote, number), "{round}");
        assert!(!phone.closed(remote, number), "only once");
        phone.send(to(Protocol::Tcp, address, OPTIONS)).unwrap();
    }
}

#[tokio::test]
async fn a_stream_that_cannot_be_cut_is_closed() {
    let (mut phone, mut arrivals) = open("127.0.0.1:0").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    phone
        .send(to(Protocol::Tcp, listener.local_addr().unwrap(), OPTIONS))
        .unwrap();
    let (mut stream, _) = timeout(PATIENCE, listener.accept()).await.unwrap().unwrap();
    stream
        .write_all(b"OPTIONS sip:x SIP/2.0\r\n\r\n")
        .await
        .unwrap();
    assert!(matches!(arrival(&mut arrivals).await, Arrival::Closed(..)));
}

#[tokio::test]
async fn a_server_may_connect_and_is_answered_on_its_connection() {
    let (mut phone, mut arrivals) = open("127.0.0.1:0").await;
    let mut stream = TcpStream::connect(phone.local).await.unwrap();
    let address = stream.local_addr().unwrap();
    let Arrival::Accepted(accepted, remote) = arrival(&mut arrivals).await else {
        panic!("the connection is taken")
    };
    phone.accepted(accepted, remote);
    stream.write_all(OPTIONS).await.unwrap();
    assert!(matches!(arrival(&mut arrivals).await, Arrival::Message(..)));
    phone.send(to(Protocol::Tcp, address, b"answer")).unwrap();
    let mut answer = [0; 6];
    timeout(PATIENCE, stream.read_exact(&mut answer))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(&answer, b"answer");
}

#[tokio::test]
async fn there_are_never_more_connections_than_the_bound() {
    let (mut phone, _arrivals) = open("127.0.0.1:0").await;
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let sent = (1..=20).filter(|last| {
        let address = SocketAddr::from(([127, 0, 0, *last], port));
        phone.send(to(Protocol::Tcp, address, OPTIONS)).is_ok()
    });
    assert_eq!(sent.count(), CONNECTIONS_MAX);
}
