//! Turns the markup of the other toolkit into code, with its type as pixels: as it does for small devices.

use std::path::PathBuf;

use slint_build::{CompilerConfiguration, EmbedResourcesKind};

fn main() {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo names a folder"));
    // The markup imports the typeface from its own folder.
    std::fs::write(out.join("Inter.ttf"), ttf_inter::REGULAR).expect("the folder is writable");
    let markup = out.join("login.slint");
    std::fs::copy("login.slint", &markup).expect("the markup is beside this file");
    println!("cargo::rerun-if-changed=login.slint");
    let how =
        CompilerConfiguration::new().embed_resources(EmbedResourcesKind::EmbedForSoftwareRenderer);
    slint_build::compile_with_config(markup, how).expect("the markup is right");
}
