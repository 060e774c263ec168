//! Ports for programs that cannot be asked which one they took.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};

/// Below the range from which the system hands out ports, so that a port stays free until the program takes it, and is
/// still free when the program is started again.
const PORTS: std::ops::Range<u16> = 20_000..32_000;
/// How often to look.
const LOOKS_MAX: usize = 100;

/// A port that is free for UDP and TCP now.
pub fn free_port() -> u16 {
    let mut random = [0; 2];
    for _ in 0..LOOKS_MAX {
        getrandom::fill(&mut random).expect("random numbers");
        let port = PORTS.start + u16::from_ne_bytes(random) % (PORTS.end - PORTS.start);
        let here = (Ipv4Addr::LOCALHOST, port);
        if UdpSocket::bind(here).is_ok() && TcpListener::bind(here).is_ok() {
            return port;
        }
    }
    panic!("no free port between {} and {}", PORTS.start, PORTS.end);
}
