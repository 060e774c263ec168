//! Rules about the sources themselves that no compiler checks: sizes, who may name what, and that the map is true.

#![expect(
    clippy::unwrap_used,
    reason = "a source that cannot be read must fail the test"
)]

use std::fs;
use std::path::{Path, PathBuf};

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// Lines of a file, and of a function with its attributes, at most.
const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;

/// The crates that decide: no runtime, no sockets, no files, no clocks.
const PURE: [&str; 4] = ["src/provisioning", "src/session", "src/sip", "src/ui"];

/// What a pure crate's code never names.
const IMPURE: [&str; 8] = [
    "tokio",
    "reqwest",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "std::fs",
    "SystemTime",
    "Instant::now",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Every file with this ending below a folder, with its path from the project's root; `target` folders left out.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut folders = vec![root().join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == ending) {
                let name = path.strip_prefix(root()).unwrap().display().to_string();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no .{ending} file below {folder}");
    found
}

fn sources() -> Vec<(String, String)> {
    let mut sources = files("src", "rs");
    sources.extend(files("tests", "rs"));
    sources
}

/// Whether a file is compiled for tests only, as its name says.
fn is_test(name: &str) -> bool {
    name.contains("test")
        || name.contains("/scenarios")
        || name.contains("/goldens")
        || name.contains("/gallery")
        || name.contains("/examples/")
}

/// The code of a file without comments, and without the test module at its end.
fn code(text: &str) -> String {
    let product = text
        .split("\n#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or(text);
    let uncommented = |line: &&str| !line.trim_start().starts_with("//");
    product
        .lines()
        .filter(uncommented)
        .collect::<Vec<_>>()
        .join("\n")
}

fn fail_if_any(wrongs: &[String], rule: &str) {
    assert!(wrongs.is_empty(), "{rule}:\n  {}", wrongs.join("\n  "));
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    let too_long = |(name, text): &(String, String)| {
        let lines = text.lines().count();
        (lines > FILE_LINES_MAX).then(|| format!("{name}: {lines} lines"))
    };
    let wrongs: Vec<_> = sources().iter().filter_map(too_long).collect();
    fail_if_any(&wrongs, "files of at most 400 lines");
}

/// Collects functions that are too long.
struct LongFunctions<'a> {
    file: &'a str,
    found: Vec<String>,
}

impl LongFunctions<'_> {
    fn measure(&mut self, name: &syn::Ident, span: proc_macro2::Span) {
        let lines = span.end().line + 1 - span.start().line;
        if lines > FUNCTION_LINES_MAX {
            self.found
                .push(format!("{}: {name} has {lines} lines", self.file));
        }
    }
}

impl<'ast> Visit<'ast> for LongFunctions<'_> {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.measure(
            &function.sig.ident,
            function.sig.span().join(function.block.span()).unwrap(),
        );
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.measure(
            &function.sig.ident,
            function.sig.span().join(function.block.span()).unwrap(),
        );
        visit::visit_impl_item_fn(self, function);
    }
}

#[test]
fn no_function_is_longer_than_a_screen() {
    let mut wrongs = Vec::new();
    for (name, text) in sources() {
        let mut functions = LongFunctions {
            file: &name,
            found: Vec::new(),
        };
        functions.visit_file(&syn::parse_file(&text).unwrap());
        wrongs.append(&mut functions.found);
    }
    fail_if_any(&wrongs, "functions of at most 70 lines");
}

#[test]
fn what_decides_touches_nothing() {
    let mut wrongs = Vec::new();
    for folder in PURE {
        for (name, text) in files(folder, "rs")
            .iter()
            // A build script runs on the machine of whoever builds.
            .filter(|(name, _)| !is_test(name) && !name.ends_with("build.rs"))
        {
            let code = code(text);
            let named = IMPURE.iter().filter(|word| code.contains(**word));
            wrongs.extend(named.map(|word| format!("{name} names {word}")));
        }
    }
    fail_if_any(
        &wrongs,
        "pure crates know no runtime, socket, file or clock",
    );
}

#[test]
fn rsip_is_named_in_one_place() {
    let wrongs: Vec<_> = sources()
        .iter()
        .filter(|(name, _)| !name.starts_with("src/sip/wire") && !name.starts_with("tests/tidy"))
        .filter(|(_, text)| code(text).contains("rsip"))
        .map(|(name, _)| name.clone())
        .collect();
    fail_if_any(&wrongs, "only src/sip/wire names rsip");
}

#[test]
fn one_file_is_unsafe() {
    let exempt = ["tests/tidy", "src/agent/display/framebuffer/kernel.rs"];
    let wrongs: Vec<_> = sources()
        .iter()
        .filter(|(name, _)| !exempt.iter().any(|exempt| name.starts_with(exempt)))
        .filter(|(_, text)| code(text).contains("unsafe "))
        .map(|(name, _)| name.clone())
        .collect();
    fail_if_any(
        &wrongs,
        "unsafe code is where the kernel's framebuffer interface is, and nowhere else",
    );
}

#[test]
fn every_file_says_what_it_is_for() {
    let wrongs: Vec<_> = sources()
        .iter()
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(name, _)| name.clone())
        .collect();
    fail_if_any(&wrongs, "a file begins with a //! line");
}

#[test]
fn the_map_names_every_folder() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let mut wrongs = Vec::new();
    for parent in ["src", "tests"] {
        for entry in fs::read_dir(root().join(parent)).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("`{}`", path.strip_prefix(root()).unwrap().display());
            if path.is_dir() && !map.contains(&name) {
                wrongs.push(name);
            }
        }
    }
    fail_if_any(
        &wrongs,
        "ARCHITECTURE.md names every folder of src and tests",
    );
}

#[test]
fn no_internal_word_is_left_behind() {
    // Assembled, so that this file does not find itself.
    let marks = [
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["XX", "X:"].concat(),
    ];
    let mut wrongs = Vec::new();
    for (name, text) in sources() {
        let left = marks.iter().filter(|mark| text.contains(mark.as_str()));
        wrongs.extend(left.map(|mark| format!("{name}: {mark}")));
    }
    fail_if_any(&wrongs, "nothing unfinished is left in the sources");
}
