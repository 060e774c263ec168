//! Type that is made while this crate compiles: every letter of every size as pixels. The build script's
//! alone.

mod alphabet;
mod bitmap;
mod crisp;
mod dots;
mod face;
mod pack;
mod smooth;
mod table;

use std::error::Error;
use std::fmt::Write;

pub(super) use crisp::crisp;
pub(super) use smooth::smooth;

/// Rust source: which letter and mark are which letter.
pub(super) fn compositions() -> Result<String, Box<dyn Error>> {
    let pairs = alphabet::compositions();
    let pairs: Vec<[u32; 3]> = pairs.into_iter().map(|pair| pair.map(u32::from)).collect();
    let mut source = String::new();
    writeln!(
        source,
        "static COMPOSITIONS: [[u16; 3]; {}] = {pairs:?};",
        pairs.len()
    )?;
    Ok(source)
}
