//! Replays the committed corpus of a fuzz target, and some thousand mutations of it that follow from a printed seed. Shared
//! by the crates whose parsers are fuzzed.

use std::path::PathBuf;
use std::time::Instant;

use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};

#[path = "../setting.rs"]
mod setting;

/// The seed, kept so that every run is the same; change it to look elsewhere.
const SEED: u64 = 20_261_121;

#[expect(
    clippy::disallowed_methods,
    reason = "a test needs one instant to count from"
)]
pub(crate) fn start_of_time() -> Instant {
    Instant::now()
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fuzz/corpus")
        .join(target);
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let files: Vec<_> = paths.iter().map(|p| std::fs::read(p).unwrap()).collect();
    assert!(files.len() >= 4, "the corpus of {target} is not there");
    files
}

/// Changes a few bytes: overwrites, removes, repeats, or splices in a piece of another input.
fn mutate(random: &mut ChaCha20Rng, corpus: &[Vec<u8>]) -> Vec<u8> {
    // The same choices on every word size.
    let mut pick = |below: usize| (random.next_u64() % below.max(1) as u64) as usize;
    let mut bytes = corpus[pick(corpus.len())].clone();
    for _ in 0..=pick(4) {
        let at = pick(bytes.len());
        let end = (at + pick(40)).min(bytes.len());
        match pick(5) {
            0 if !bytes.is_empty() => bytes[at] = pick(256) as u8,
            1 => drop(bytes.drain(at..end)),
            2 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            3 => {
                let other = &corpus[pick(corpus.len())];
                let from = pick(other.len());
                let to = (from + pick(60)).min(other.len());
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            _ => {
                let token: &[u8] = [
                    &b"\r\n"[..],
                    b"\"",
                    b"<",
                    b">",
                    b",",
                    b";",
                    b"=",
                    b":",
                    b"\0",
                    b"\\",
                    b"99999999999",
                    b"\r\n\r\n",
                    b" ",
                ][pick(13)];
                bytes.splice(at..at, token.iter().copied());
            }
        }
    }
    bytes
}

/// `mutations` is what takes about a second: libFuzzer runs millions, these are for every day. Of them, `HOTDESK_ONE_IN`.
pub(crate) fn replay(target: &str, mutations: u64, body: impl Fn(&[u8])) {
    let mutations = mutations / setting::setting("HOTDESK_ONE_IN").unwrap_or(1);
    println!("{target}: {mutations} mutations from seed {SEED}");
    let corpus = corpus(target);
    for input in &corpus {
        body(input);
    }
    let mut random = ChaCha20Rng::seed_from_u64(SEED);
    for _ in 0..mutations {
        body(&mutate(&mut random, &corpus));
    }
}
