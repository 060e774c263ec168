//! Runs the body of the same name under libFuzzer.
#![no_main]

#[path = "../discovery.rs"]
#[expect(dead_code, reason = "each target runs one of its bodies")]
mod discovery;

libfuzzer_sys::fuzz_target!(|data: &[u8]| discovery::lease(data));
