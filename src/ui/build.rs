//! Compiles the texts of `assets/i18n` in. What is wrong with them stops the build.

#[path = "catalogue/mod.rs"]
mod catalogue;

use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use catalogue::Source;

/// Every language, English first; those after it are cargo features.
const LANGUAGES: [&str; 6] = ["en", "de", "fr", "es", "it", "pl"];

fn main() -> ExitCode {
    match compile_texts() {
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
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo named no folder")?);
    std::fs::write(out.join("catalogue.rs"), rust)?;
    Ok(())
}

fn is_wanted(code: &str) -> bool {
    code == "en" || env::var_os(format!("CARGO_FEATURE_LANG_{}", code.to_uppercase())).is_some()
}
