//! Replays the fuzz targets of what arrives over SIP.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test and a fuzz target fail by panicking"
)]
#![expect(
    unreachable_pub,
    reason = "the fuzzer's binaries call what is private here"
)]

use replay::{replay, start_of_time};

#[path = "../../../tests/fuzz/replay.rs"]
mod replay;
#[path = "../../../tests/fuzz/targets.rs"]
mod targets;

#[test]
fn datagrams_of_any_kind_do_no_harm() {
    let start = start_of_time();
    replay("datagram", 1000, |data| targets::datagram(start, data));
}

#[test]
fn challenges_of_any_kind_can_be_echoed_or_are_refused() {
    replay("challenge", 10_000, targets::challenge);
}

#[test]
fn a_stream_is_cut_the_same_however_it_arrives() {
    replay("stream", 10_000, targets::stream);
}

#[test]
fn transactions_and_registrations_end_whatever_happens() {
    let start = start_of_time();
    replay("transactions", 200, |data| {
        targets::transactions(start, data)
    });
}
