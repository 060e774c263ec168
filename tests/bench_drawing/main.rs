//! `hotdesk-bench-drawing`: how many instructions it takes to draw a screen, a digit and a minute on each panel, beside a
//! memset of the same rectangles, and on one panel beside the toolkit Slint.
//!
//! Valgrind counts, so the numbers are the same on every run. Each is the difference between many repetitions and few: what
//! the program does besides falls out. `hotdesk-bench-drawing pictures FOLDER` shows that both draw the same.

#[path = "../../src/ui/gallery/mod.rs"]
#[expect(dead_code, reason = "the samples that are not measured")]
mod gallery;
mod painter;
mod peer;
mod task;

use std::path::Path;
use std::process::Command;

use hotdesk_ui::{PANELS, Panel, Picture, paint};
use painter::{FEW, MANY, Painter};
use peer::Peer;
use task::Task;

/// A digit is to cost less than so many times the memset.
const DIGIT_GOAL: f64 = 3.0;
/// A full repaint is to cost the other toolkit at least so many times as much.
const FULL_GOAL: f64 = 5.0;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [painter, panel, task, count] => {
            let painter = Painter::named(painter).expect("a painter");
            let task = Task::named(task).expect("a task");
            let panel = Panel::named(panel).expect("a panel");
            painter.repeat(task, panel, count.parse().expect("a number"));
        }
        ["pictures", folder] => pictures(Path::new(folder)),
        _ => table(),
    }
}

/// The same screen drawn by both, for somebody to look at.
fn pictures(folder: &Path) {
    std::fs::create_dir_all(folder).expect("the folder is writable");
    let panel = Panel::named(peer::PANEL).expect("the panel");
    let [_, screen] = Task::Full.screens(panel);
    let mut ours = Picture::new(panel.size.width, panel.size.height);
    paint(&screen, panel, &mut ours);
    let mut peer = Peer::new(Task::Full, panel);
    peer.show(&screen);
    for (name, picture) in [("hotdesk.png", ours), ("slint.png", peer.picture())] {
        gallery::png_file::write(&folder.join(name), &picture).expect("the file is written");
    }
}

/// What one task costs on one panel, in instructions.
struct Cost {
    panel: &'static Panel,
    task: Task,
    ours: u64,
    memset: u64,
    slint: Option<u64>,
}

impl Cost {
    fn of(panel: &'static Panel, task: Task) -> Self {
        let counted = |painter| instructions(painter, panel, task);
        Self {
            panel,
            task,
            ours: counted(Painter::Hotdesk),
            memset: counted(Painter::Memset),
            slint: Painter::Slint.knows(panel).then(|| counted(Painter::Slint)),
        }
    }

    fn beside_memset(&self) -> f64 {
        ratio(self.ours, self.memset)
    }

    fn slint_beside_ours(&self) -> Option<f64> {
        self.slint.map(|slint| ratio(slint, self.ours))
    }

    fn print(&self) {
        let slint = self
            .slint
            .map_or_else(String::new, |slint| slint.to_string());
        let beside = self.slint_beside_ours();
        println!(
            "| {} | {} | {} | {} | {} | {:.1} | {slint} | {} |",
            self.panel.name,
            self.task.name(),
            self.task.pixels(self.panel),
            self.ours,
            self.memset,
            self.beside_memset(),
            beside.map_or_else(String::new, |times| format!("{times:.1}")),
        );
    }
}

fn ratio(more: u64, less: u64) -> f64 {
    more as f64 / less.max(1) as f64
}

fn table() {
    println!(
        "| panel | what | pixels | hotdesk | memset | hotdesk / memset | Slint | Slint / hotdesk |\n\
         | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    );
    let mut costs = Vec::new();
    for panel in PANELS.iter() {
        for task in Task::ALL {
            let cost = Cost::of(panel, task);
            cost.print();
            costs.push(cost);
        }
    }
    goals(&costs);
}

/// Says which goals are met.
fn goals(costs: &[Cost]) {
    let said = |met: bool| if met { "met" } else { "missed" };
    println!();
    for cost in costs {
        if cost.task == Task::Digit {
            let times = cost.beside_memset();
            let met = said(times < DIGIT_GOAL);
            let panel = &cost.panel.name;
            println!(
                "a digit on {panel}, less than {DIGIT_GOAL} times the memset: {times:.1}, {met}"
            );
        }
        if let (Task::Full, Some(times)) = (cost.task, cost.slint_beside_ours()) {
            let met = said(times >= FULL_GOAL);
            println!("a full repaint, {FULL_GOAL} times less than Slint: {times:.1}, {met}");
        }
    }
}

/// Instructions of one repetition.
fn instructions(painter: Painter, panel: &Panel, task: Task) -> u64 {
    let (few, many) = (
        counted(painter, panel, task, FEW),
        counted(painter, panel, task, MANY),
    );
    many.saturating_sub(few) / (MANY - FEW) as u64
}

/// Instructions of a whole run.
fn counted(painter: Painter, panel: &Panel, task: Task, count: usize) -> u64 {
    let program = std::env::current_exe().expect("this program has a path");
    let count = count.to_string();
    let output = Command::new("valgrind")
        .args([
            "--tool=cachegrind",
            "--cache-sim=no",
            "--cachegrind-out-file=/dev/null",
        ])
        .arg(program)
        .args([painter.name(), &panel.name, task.name(), &count])
        .output()
        .expect("valgrind is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", panel.name);
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
