//! `hotdesk-bench-drawing`: how many instructions it takes to draw a screen, a digit and a minute on each panel, beside a
//! memset of the same rectangles.
//!
//! Valgrind counts, so the numbers are the same on every run. Each is the difference between many repetitions and few: what
//! the program does besides falls out.

#[path = "../../src/ui/gallery/mod.rs"]
#[expect(dead_code, reason = "the samples that are not measured")]
mod gallery;
mod task;

use std::process::Command;

use hotdesk_ui::PANELS;
use task::Task;

/// Repetitions of the shorter and of the longer run.
const FEW: u32 = 10;
const MANY: u32 = 110;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [panel, task, count] => run(panel, task, count.parse().expect("a number")),
        _ => table(),
    }
}

/// What valgrind watches.
fn run(panel: &str, task: &str, count: u32) {
    let panel = PANELS.iter().find(|known| known.name == panel);
    let panel = panel.expect("a panel");
    Task::named(task).expect("a task").repeat(panel, count);
}

fn table() {
    println!(
        "| panel | task | pixels | instructions | memset | ratio |\n| --- | --- | ---: | ---: | ---: | ---: |"
    );
    for panel in PANELS.iter() {
        for task in Task::ALL {
            let ours = instructions(&panel.name, task.name());
            let memset = instructions(&panel.name, task.memset().name());
            println!(
                "| {} | {} | {} | {ours} | {memset} | {:.1} |",
                panel.name,
                task.name(),
                task.pixels(panel),
                ours as f64 / memset.max(1) as f64,
            );
        }
    }
}

/// Instructions of one repetition.
fn instructions(panel: &str, task: &str) -> u64 {
    let (few, many) = (counted(panel, task, FEW), counted(panel, task, MANY));
    many.saturating_sub(few) / u64::from(MANY - FEW)
}

/// Instructions of a whole run.
fn counted(panel: &str, task: &str, count: u32) -> u64 {
    let program = std::env::current_exe().expect("this program has a path");
    let output = Command::new("valgrind")
        .args([
            "--tool=cachegrind",
            "--cache-sim=no",
            "--cachegrind-out-file=/dev/null",
        ])
        .arg(program)
        .args([panel, task, &count.to_string()])
        .output()
        .expect("valgrind is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{panel}, {task}: {said}");
    let line = said
        .lines()
        .find(|line| line.contains("I   refs") || line.contains("I refs"));
    let number = line
        .and_then(|line| line.split(':').nth(1))
        .unwrap_or_default();
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    digits
        .parse()
        .unwrap_or_else(|_| panic!("valgrind said {said}"))
}
