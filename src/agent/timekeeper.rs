//! Keeps the system's clock by time servers (SNTP, RFC 5905 section 14), for images that have no other program for it. Never
//! part of a phone that runs: that one only reads the clock.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, anyhow, ensure};
use rustix::time::{ClockId, Timespec, clock_settime};
use tokio::net::UdpSocket;
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use crate::Clock;
use crate::backoff::Backoff;
use crate::clock::RELEASED;

/// Where time servers listen.
const PORT: u16 = 123;
/// Longest wait for an answer.
const ANSWER_MAX: Duration = Duration::from_secs(3);
/// A clock that was right is looked at again after so long: a cheap one is off by less than a second then.
const AGAIN: Duration = Duration::from_secs(3600);
/// A clock that is off by less is left alone.
const TOLERATED: Duration = Duration::from_millis(250);
/// Bytes of a question, and of an answer without what may stand behind it.
const PACKET: usize = 48;
/// Where in it are the times at which the question was sent, as the server repeats it, at which it came, and at which the
/// answer, or the question itself, was sent.
const ORIGIN: usize = 24;
const RECEIVED: usize = 32;
const SENT: usize = 40;
/// No leap second, version 4, and the mode of somebody who asks.
const QUESTION: u8 = 0b00_100_011;
/// A server that is further ahead of this software has a clock that was never set: 1970 looks like 2106.
const AHEAD_MAX: Duration = Duration::from_secs(1 << 31);
/// Seconds from 1900 to 1970.
const EPOCH: u64 = 2_208_988_800;

/// A time server as it is written: an address, with a port or without.
///
/// # Errors
/// When it is no address.
pub fn time_server(text: &str) -> anyhow::Result<SocketAddr> {
    let address = text.parse::<IpAddr>();
    let whole = address.map(|address| SocketAddr::new(address, PORT));
    whole
        .or_else(|_| text.parse())
        .map_err(|_| anyhow!("{text:?} is no address of a time server"))
}

/// Asks one server after the other and sets the clock, and again every hour, for ever.
///
/// # Errors
/// When this process may not set the clock.
pub async fn keep_clock(servers: &[SocketAddr]) -> anyhow::Result<()> {
    let clock = Clock::system();
    let mut patience = Backoff::default();
    for server in servers.iter().cycle() {
        let wait = match ask(*server, &clock).await {
            Ok(time) => {
                set(&clock, time)?;
                patience.reset();
                AGAIN
            }
            Err(why) => {
                warn!("{server}: {why:#}");
                patience.next()
            }
        };
        sleep(wait).await;
    }
    Ok(())
}

/// What a server says that the time is now, since 1970.
async fn ask(server: SocketAddr, clock: &Clock) -> anyhow::Result<Duration> {
    let here: IpAddr = match server {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((here, 0)).await?;
    // From now on nobody else is heard.
    socket.connect(server).await?;
    // A time that is none: it says nothing about this machine, and only who heard the question can repeat it.
    let mut token = [0; 8];
    getrandom::fill(&mut token).map_err(|error| anyhow!("no random numbers: {error}"))?;
    let sent = clock.now();
    socket.send(&question(token)).await?;
    let mut answer = [0; PACKET];
    let length = timeout(ANSWER_MAX, socket.recv(&mut answer)).await;
    let length = length.map_err(|_| anyhow!("no answer"))??;
    ensure!(length == PACKET, "that is no answer");
    let travelled = clock.now().saturating_duration_since(sent);
    let Answer { received, sent } = read(&answer, token)?;
    // Both ways are taken to be as long.
    let on_the_way = travelled.saturating_sub(sent.saturating_sub(received));
    Ok(sent.saturating_add(on_the_way / 2))
}

fn question(token: [u8; 8]) -> [u8; PACKET] {
    let mut packet = [0; PACKET];
    for (place, byte) in packet.iter_mut().skip(SENT).zip(token) {
        *place = byte;
    }
    if let Some(first) = packet.first_mut() {
        *first = QUESTION;
    }
    packet
}

/// What an answer says, since 1970.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    received: Duration,
    sent: Duration,
}

/// # Errors
/// When it is no answer to the question with this token, or the server does not know the time itself.
fn read(packet: &[u8; PACKET], token: [u8; 8]) -> anyhow::Result<Answer> {
    let [head, stratum, ..] = *packet;
    let (leap, mode) = (head >> 6, head & 0b111);
    ensure!(
        mode == 4 && field(packet, ORIGIN) == Some(token),
        "that is no answer to what was asked"
    );
    ensure!(
        leap != 3 && (1..16).contains(&stratum),
        "the server does not know the time itself"
    );
    let time = |at| field(packet, at).map(since_1970);
    let (received, sent) = (time(RECEIVED), time(SENT));
    let sent = sent.filter(|sent| sent.saturating_sub(RELEASED) < AHEAD_MAX);
    Ok(Answer {
        received: received.context("that is no answer")?,
        sent: sent.context("the server's own clock cannot be right")?,
    })
}

fn field(packet: &[u8], at: usize) -> Option<[u8; 8]> {
    packet.get(at..)?.first_chunk().copied()
}

/// 32 bits of seconds since 1900 and as many of their part. They begin anew every 136 years; what would be earlier than this
/// software is of the next round.
fn since_1970(timestamp: [u8; 8]) -> Duration {
    let bits = u64::from_be_bytes(timestamp);
    let (seconds, part) = (bits >> 32, bits & u64::from(u32::MAX));
    let earliest = RELEASED.as_secs().saturating_add(EPOCH);
    let round = if seconds < earliest { 1 << 32 } else { 0 };
    let since_1970 = seconds.saturating_add(round).saturating_sub(EPOCH);
    let nanos = part.saturating_mul(1_000_000_000) >> 32;
    Duration::from_secs(since_1970).saturating_add(Duration::from_nanos(nanos))
}

fn set(clock: &Clock, time: Duration) -> anyhow::Result<()> {
    let off = clock.unix().abs_diff(time);
    if off < TOLERATED {
        return Ok(());
    }
    let time = Timespec {
        tv_sec: i64::try_from(time.as_secs())?,
        tv_nsec: time.subsec_nanos().into(),
    };
    clock_settime(ClockId::Realtime, time)
        .context("the clock cannot be set; run this as root, or with CAP_SYS_TIME")?;
    info!(off_ms = off.as_millis(), "the clock was set");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: [u8; 8] = *b"whenisit";

    fn timestamp(since_1970: Duration) -> [u8; 8] {
        let seconds = (since_1970.as_secs() + EPOCH) & 0xffff_ffff;
        let part = (u64::from(since_1970.subsec_nanos()) << 32).div_ceil(1_000_000_000);
        (seconds << 32 | part).to_be_bytes()
    }

    /// An answer that took so long to make.
    fn answer(sent: Duration, thought: Duration) -> [u8; PACKET] {
        let mut packet = [0; PACKET];
        packet[..2].copy_from_slice(&[0b00_100_100, 2]);
        packet[ORIGIN..RECEIVED].copy_from_slice(&TOKEN);
        packet[RECEIVED..SENT].copy_from_slice(&timestamp(sent - thought));
        packet[SENT..].copy_from_slice(&timestamp(sent));
        packet
    }

    const NOW: Duration = Duration::from_millis(1_800_000_000_500);

    #[test]
    fn an_answer_says_when_it_was_sent() {
        let thought = Duration::from_millis(250);
        let expected = Answer {
            received: NOW - thought,
            sent: NOW,
        };
        assert_eq!(read(&answer(NOW, thought), TOKEN).unwrap(), expected);
        // 2036-02-07 06:28:16 UTC, when the seconds begin anew, and thirty years later.
        for seconds in [(1 << 32) - EPOCH, (1 << 32) - EPOCH + 1_000_000_000] {
            let later = Duration::from_secs(seconds);
            let said = read(&answer(later, Duration::ZERO), TOKEN).unwrap();
            assert_eq!(said.sent, later);
        }
    }

    #[test]
    fn what_is_no_answer_of_a_server_that_knows_the_time_is_refused() {
        let good = answer(NOW, Duration::ZERO);
        assert!(read(&good, *b"whenwas?").is_err(), "another question");
        for (at, byte, why) in [
            (0, 0b00_100_011, "another question"),
            (0, 0b11_100_100, "it has no time"),
            (1, 0, "it does not want to be asked"),
            (1, 16, "it has no time"),
        ] {
            let mut bad = good;
            bad[at] = byte;
            assert!(read(&bad, TOKEN).is_err(), "{why}");
        }
        let in_1970 = answer(Duration::from_secs(1000), Duration::ZERO);
        let said = read(&in_1970, TOKEN).unwrap_err().to_string();
        assert!(said.contains("own clock"), "{said}");
    }

    #[tokio::test]
    async fn a_server_is_asked_with_the_token_and_heard() {
        let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = server.local_addr().unwrap();
        let clock = Clock::system();
        let serve = async {
            let mut asked = [0; 100];
            let (length, from) = server.recv_from(&mut asked).await.unwrap();
            assert_eq!((length, asked[0]), (PACKET, QUESTION));
            let mut packet = answer(NOW, Duration::ZERO);
            packet[ORIGIN..RECEIVED].copy_from_slice(&asked[SENT..PACKET]);
            server.send_to(&packet, from).await.unwrap();
        };
        let (said, ()) = tokio::join!(ask(address, &clock), serve);
        let said = said.unwrap();
        assert!(said >= NOW && said < NOW + ANSWER_MAX, "{said:?}");
    }

    #[test]
    fn servers_are_addresses_with_or_without_a_port() {
        assert_eq!(time_server("10.0.2.2").unwrap().port(), 123);
        assert_eq!(time_server("[::1]:99").unwrap().port(), 99);
        assert!(time_server("ntp.example.net").is_err());
    }
}
