//! Runs the body of the same name under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hotdesk_fuzz::challenge(data));
