//! Type for panels with many shades, made while this crate compiles: every letter of every size as pixels. The build script's
//! alone.

mod alphabet;
#[cfg(feature = "smooth")]
mod face;
#[cfg(feature = "smooth")]
mod pack;
#[cfg(feature = "smooth")]
mod tables;

use std::error::Error;
use std::fmt::Write;

#[cfg(feature = "smooth")]
pub(super) use tables::tables;

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
