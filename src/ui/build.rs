//! Compiles the texts of `assets/i18n` in, and type as pixels. What is wrong with either stops the build.

#[path = "catalogue/mod.rs"]
mod catalogue;
#[path = "glyphs/mod.rs"]
mod glyphs;

use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use catalogue::Source;

/// Every language, English first; those after it are cargo features.
const LANGUAGES: [&str; 6] = ["en", "de", "fr", "es", "it", "pl"];

fn main() -> ExitCode {
    match compile_texts().and_then(|()| compile_type()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            println!("cargo::error={fault}");
            ExitCode::FAILURE
        }
    }
}

fn compile_texts() -> Result<(), Box<dyn Error>> {
    let folder = Path::new("../../assets/i18n");
    println!("cargo::rerun-if-changed={}", folder.display());
    println!("cargo::rerun-if-changed=catalogue");
    println!("cargo::rerun-if-changed=build.rs");
    let mut sources = Vec::new();
    for code in LANGUAGES {
        let file = folder.join(code).with_extension("toml");
        let text =
            std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        sources.push(Source {
            file: format!("assets/i18n/{code}.toml"),
            code: code.to_owned(),
            text,
        });
    }
    // Every file is checked, whatever is compiled in.
    catalogue::generate(&sources).map_err(|faults| faults.join("\ncargo::error="))?;
    sources.retain(|source| is_wanted(&source.code));
    let rust = catalogue::generate(&sources).map_err(|faults| faults.join("; "))?;
    write("catalogue.rs", &rust)
}

fn compile_type() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=glyphs");
    write("compositions.rs", &glyphs::compositions()?)?;
    write("smooth.rs", &glyphs::smooth(has_feature)?)?;
    write("crisp.rs", &glyphs::crisp(has_feature)?)
}

/// Writes a file where the sources that include it look for it.
fn write(name: &str, rust: &str) -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo named no folder")?);
    std::fs::write(out.join(name), rust)?;
    Ok(())
}

fn is_wanted(code: &str) -> bool {
    code == "en" || has_feature(&format!("lang-{code}"))
}

fn has_feature(name: &str) -> bool {
    let name = name.to_uppercase().replace('-', "_");
    env::var_os(format!("CARGO_FEATURE_{name}")).is_some()
}
