//! Replays the fuzz targets of what tells a phone where its server is.

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

#[path = "../../../tests/fuzz/discovery.rs"]
mod discovery;
#[path = "../../../tests/fuzz/replay.rs"]
mod replay;

#[test]
fn leases_of_any_kind_do_no_harm() {
    replay("lease", 10_000, discovery::lease);
}

#[test]
fn answers_of_any_kind_to_a_question_do_no_harm() {
    let start = start_of_time();
    replay("plug_and_play", 3000, |data| {
        discovery::plug_and_play(start, data);
    });
}
