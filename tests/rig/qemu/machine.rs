//! A running virtual phone: the board, the power switch, keys, screen, console.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hotdesk_handset::Qmp;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::console::Console;
use super::firmware::HOLD;
use super::qtest::Qtest;
use super::{Board, Disk, Firmware, Picture, lan, saved};
use crate::eventually::{eventually, eventually_within};
use crate::phone::keys;
use crate::ports::free_port;
use crate::program::Program;

/// Longest that a screen may take to show something: a cold boot on a loaded machine.
const SCREEN_MAX: Duration = Duration::from_secs(60);

/// How it comes to life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The image as it is shipped, from the first instruction. There is no shell on its console.
    Cold,
    /// From a state in which the drivers are up and nothing of the phone has started, with a shell on the console. Takes
    /// less than a second, except on a board whose state cannot be saved, which boots as far as that.
    Saved,
    /// As saved, at the end of the cable of [`in_own_network`](super::in_own_network) instead of QEMU's own network.
    OnCable,
    /// As cold, but with a shell, and on a processor whose clock advances by one nanosecond with each instruction.
    Counted,
}

/// A phone that is switched on.
#[derive(Debug)]
pub struct Machine {
    program: Program,
    qmp: Qmp,
    console: Console,
    folder: TempDir,
    disk: Disk,
    sip: SocketAddr,
}

impl Machine {
    /// Switches it on.
    pub async fn start(firmware: &Firmware, board: Board, start: Start, disk: Disk) -> Self {
        match start {
            Start::Cold => {
                let line = firmware.command_line();
                let root = firmware.root();
                Self::launch(firmware, board, disk, &root, &line, &[]).await
            }
            Start::Saved if !board.can_be_saved() => {
                let folder = TempDir::new().unwrap();
                let root = firmware.root_for_tests(folder.path());
                let line = format!("{} {HOLD}", firmware.command_line());
                let mut machine = Self::launch(firmware, board, disk, &root, &line, &[]).await;
                machine.expect_console("holding").await;
                machine.tell_the_time(time_of_day()).await;
                machine
            }
            Start::Saved | Start::OnCable => {
                let mut machine = if start == Start::OnCable {
                    Self::asleep_on_cable(firmware, board, disk).await
                } else {
                    Self::asleep(firmware, board, disk).await
                };
                machine.wake(time_of_day()).await;
                machine
            }
            Start::Counted => {
                let folder = TempDir::new().unwrap();
                let root = firmware.root_for_tests(folder.path());
                let line = firmware.command_line();
                let clock = ["-icount", "shift=0,sleep=on"].map(str::to_owned);
                let machine = Self::launch(firmware, board, disk, &root, &line, &clock).await;
                // What is typed before there is a shell is lost.
                machine.expect_console("~ #").await;
                machine
            }
        }
    }

    /// Switches it on from a saved state with somebody at its pins who misses nothing that the phone does.
    pub async fn start_watched(firmware: &Firmware, board: Board, disk: Disk) -> (Self, Qtest) {
        let mut machine = Self::asleep(firmware, board, disk).await;
        let pins = machine.pins().await;
        machine.wake(time_of_day()).await;
        (machine, pins)
    }

    /// One that [`Machine::wake`] switches on: until then its cables can be pulled.
    pub async fn asleep(firmware: &Firmware, board: Board, disk: Disk) -> Self {
        Self::asleep_with(firmware, board, disk, Vec::new()).await
    }

    /// The same at the end of the cable of [`in_own_network`](super::in_own_network).
    pub async fn asleep_on_cable(firmware: &Firmware, board: Board, disk: Disk) -> Self {
        Self::asleep_with(firmware, board, disk, lan::cable().to_vec()).await
    }

    /// The same with more arguments for QEMU.
    async fn asleep_with(
        firmware: &Firmware,
        board: Board,
        disk: Disk,
        mut more: Vec<String>,
    ) -> Self {
        let saved = saved::state(firmware, board).await;
        more.extend(["-incoming".to_owned(), saved.incoming()]);
        let (root, line) = (&saved.root, &saved.command_line);
        let mut machine = Self::launch(firmware, board, disk, root, line, &more).await;
        // What is changed before its state is there is overwritten by it.
        loop {
            let status = machine.order("query-status", json!({})).await;
            if status["status"] == "paused" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        machine
    }

    /// Starts QEMU with more arguments of its own; without a network among them it is QEMU's.
    pub(super) async fn launch(
        firmware: &Firmware,
        board: Board,
        disk: Disk,
        root: &Path,
        command_line: &str,
        more: &[String],
    ) -> Self {
        let folder = TempDir::new().unwrap();
        let sip = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let mut arguments = vec!["qemu-system-arm".to_owned()];
        arguments.extend(board.arguments(firmware));
        arguments.extend(plugs(folder.path(), &disk));
        let text = |path: &Path| path.to_str().expect("a plain path").to_owned();
        let kernel = text(&firmware.kernel());
        for (option, value) in [
            ("-kernel", kernel.as_str()),
            ("-initrd", &text(root)),
            ("-append", command_line),
        ] {
            arguments.extend([option.to_owned(), value.to_owned()]);
        }
        if !more.iter().any(|argument| argument == "-netdev") {
            let network = format!("user,id=net0,hostfwd=udp:{sip}-10.0.2.15:5060");
            arguments.extend(["-netdev".to_owned(), network]);
        }
        arguments.extend_from_slice(more);
        let mut program = Program::start(&arguments, &folder.path().join("qemu.log"));
        // A machine that cannot start says why at once.
        tokio::time::sleep(Duration::from_millis(50)).await;
        program.must_run();
        let socket = folder.path().join("qmp");
        let qmp = eventually("QEMU's control socket", async || {
            Qmp::connect(&socket)
                .await
                .map_err(|why| format!("{why:#}"))
        })
        .await;
        let log = folder.path().join("console.log");
        let console = Console::connect(&folder.path().join("console"), &log).await;
        Self {
            program,
            qmp,
            console,
            folder,
            disk,
            sip,
        }
    }

    /// Lets a restored machine run, and tells it the time, in seconds since 1970.
    pub async fn wake(&mut self, time: u64) {
        self.order("cont", json!({})).await;
        self.tell_the_time(time).await;
    }

    async fn tell_the_time(&mut self, time: u64) {
        self.console.type_line(&time.to_string()).await;
    }

    /// Pulls the network cable, or plugs it in.
    pub async fn plug_in(&mut self, plugged: bool) {
        let link = json!({ "name": "net0", "up": plugged });
        self.order("set_link", link).await;
    }

    /// Where its SIP port can be reached from here: datagrams that it sends come from this address.
    #[must_use]
    pub fn sip(&self) -> SocketAddr {
        self.sip
    }

    /// Gives QEMU an order, and returns what it answers.
    pub async fn order(&mut self, command: &str, arguments: Value) -> Value {
        let answer = self.qmp.execute(command, arguments).await;
        answer.unwrap_or_else(|why| {
            // If it ended, which takes a moment to be seen, its log says why.
            std::thread::sleep(Duration::from_millis(100));
            self.program.must_run();
            panic!("{why:#}; the console: {}", self.console.tail())
        })
    }

    /// The lines of its GPIO chip: the hook switch is line 0, the lamps are lines 4 to 6.
    pub async fn pins(&mut self) -> Qtest {
        let chip = self.qmp.device("pl061").await.expect("the board has one");
        Qtest::connect(&self.folder.path().join("qtest"), chip).await
    }

    /// Everything on the console so far.
    #[must_use]
    pub fn console(&self) -> String {
        self.console.text()
    }

    /// Waits until something is on the console.
    pub async fn expect_console(&self, what: &str) {
        self.console.expect(what, SCREEN_MAX).await;
    }

    /// Carries out a command in the shell that [`Start::Saved`] has, and returns what it printed.
    pub async fn run(&mut self, command: &str) -> String {
        self.console.run(command).await
    }

    /// Presses keys and releases them, named as in [`keys`]; Call is not on this keypad.
    pub async fn press(&mut self, text: &str) {
        for key in keys(text) {
            let code = hotdesk_handset::qcode(key);
            let code = code.unwrap_or_else(|| panic!("{key:?} is not on this keypad"));
            let events = [key_event(&code, true), key_event(&code, false)];
            self.order("input-send-event", json!({ "events": events }))
                .await;
        }
    }

    /// What the screen shows now.
    pub async fn screen(&mut self) -> Result<Picture, String> {
        self.dump(json!({})).await
    }

    /// What a display shows that is not the first; `device` is its name on QEMU's command line.
    pub async fn screen_of(&mut self, device: &str) -> Result<Picture, String> {
        self.dump(json!({ "device": device })).await
    }

    async fn dump(&mut self, mut arguments: Value) -> Result<Picture, String> {
        let file = self.folder.path().join("screen.png");
        arguments["filename"] = json!(file);
        arguments["format"] = json!("png");
        let dumped = self.qmp.execute("screendump", arguments).await;
        dumped.map_err(|why| format!("{why:#}"))?;
        Picture::read(&file)
    }

    /// Waits until the screen shows exactly this.
    pub async fn expect_screen(&mut self, what: &str, wanted: &Picture) {
        self.expect_picture(what, (wanted, 0), async |machine| machine.screen().await)
            .await;
    }

    /// Looks until it sees this, with no channel of a pixel further off than the number beside it.
    ///
    /// # Panics
    /// When it does not come; what was seen last is kept in a file.
    pub async fn expect_picture(
        &mut self,
        what: &str,
        (wanted, tolerance): (&Picture, u8),
        mut look: impl AsyncFnMut(&mut Self) -> Result<Picture, String>,
    ) {
        let deadline = tokio::time::Instant::now() + SCREEN_MAX;
        loop {
            let seen = look(self).await;
            let difference = match &seen {
                Ok(picture) => picture.difference(wanted, tolerance),
                Err(why) => Some(why.clone()),
            };
            let Some(difference) = difference else { return };
            if tokio::time::Instant::now() > deadline {
                let kept = seen.map(|picture| picture.keep(what));
                panic!(
                    "the screen does not show {what}: {difference}; it is in {kept:?}\n{}",
                    self.console.tail()
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What stands in the guest's memory.
    pub async fn memory(&mut self, at: u64, bytes: usize) -> Vec<u8> {
        let file = self.folder.path().join("memory");
        let arguments = json!({ "val": at, "size": bytes, "filename": file });
        self.order("pmemsave", arguments).await;
        std::fs::read(&file).unwrap()
    }

    /// Waits until the agent's own description of its screen says this; for machines with a shell.
    pub async fn expect_text(&mut self, what: &str) {
        let deadline = tokio::time::Instant::now() + SCREEN_MAX;
        loop {
            let text = self
                .run("hotdeskd --socket /run/hotdesk/control.sock screen 2>&1")
                .await;
            if text.contains(what) {
                return;
            }
            if tokio::time::Instant::now() > deadline {
                let log = self.run("logread | grep -v kernel: | tail -n 25").await;
                panic!("the screen does not say {what:?}: {text}\n{log}");
            }
        }
    }

    /// Has the guest restart itself in order, through all of the boot; for machines with a shell.
    pub async fn reboot(&mut self) {
        let boots = self.boots();
        self.console.type_line("reboot").await;
        self.expect_boot_after(boots, SCREEN_MAX).await;
    }

    /// How often the machine has booted.
    #[must_use]
    pub fn boots(&self) -> usize {
        self.console.text().matches("holding").count()
    }

    /// Waits until the machine boots again that had booted so often, and tells it the time.
    pub async fn expect_boot_after(&mut self, boots: usize, patience: Duration) {
        eventually_within(patience, "the machine boots again", async || {
            if self.boots() > boots {
                Ok(())
            } else {
                Err(self.console.tail())
            }
        })
        .await;
        self.tell_the_time(time_of_day()).await;
    }

    /// Its data partition.
    #[must_use]
    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    /// Pulls the plug: the guest gets no chance to write anything.
    pub fn cut_power(self) -> Disk {
        let Self {
            mut program, disk, ..
        } = self;
        program.kill();
        disk
    }
}

/// What connects a machine to this process; the guest cannot tell one from another.
fn plugs(folder: &Path, disk: &Disk) -> Vec<String> {
    let (folder, drive) = (folder.display(), disk.arguments());
    format!(
        "-nodefaults -display none -accel tcg -qmp unix:{folder}/qmp,server=on,wait=off \
         -qtest unix:{folder}/qtest,server=on,wait=off -qtest-log none \
         -chardev socket,id=con,path={folder}/console,server=on,wait=off,logfile={folder}/console.log -serial chardev:con \
         {drive}"
    )
    .split_whitespace()
    .map(str::to_owned)
    .collect()
}

/// Seconds since 1970, as this machine has it.
#[must_use]
pub fn time_of_day() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_secs()
}

fn key_event(code: &str, down: bool) -> Value {
    let key = json!({ "type": "qcode", "data": code });
    json!({ "type": "key", "data": { "down": down, "key": key } })
}
