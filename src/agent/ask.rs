//! Asks a running phone over its control socket and prints the answer. Never talks to anybody else.

use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use hotdesk_agent::protocol::{Answer, Request};
use hotdesk_agent::{ActivityName, Status};
use hotdesk_provisioning::Pin;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

use crate::arguments::Ask;

/// Asks, prints, and says with the exit code whether it worked.
pub(crate) fn ask(socket: &Path, question: &Ask, json: bool) -> anyhow::Result<ExitCode> {
    let watch = matches!(question, Ask::Watch);
    let wanted = Wanted::of(question, json);
    let request = request(question, json)?;
    let stream = UnixStream::connect(socket).with_context(|| {
        format!(
            "{}: no phone answers there; is hotdeskd running?",
            socket.display()
        )
    })?;
    let mut line = Zeroizing::new(serde_json::to_vec(&request)?);
    line.push(b'\n');
    (&stream).write_all(&line)?;
    let mut out = io::stdout().lock();
    for answer in BufReader::new(&stream).lines() {
        let answer = answer?;
        if watch {
            writeln!(out, "{answer}")?;
            continue;
        }
        let code = wanted.code(&answer)?;
        if json {
            writeln!(out, "{answer}")?;
        } else {
            print(&mut out, serde_json::from_str(&answer)?)?;
        }
        return Ok(code);
    }
    if watch {
        return Ok(ExitCode::SUCCESS);
    }
    bail!("the phone closed the connection without an answer")
}

fn request(question: &Ask, json: bool) -> anyhow::Result<Request> {
    Ok(match question {
        Ask::Status => Request::Status,
        Ask::LogIn(extension) => Request::LogIn {
            extension: extension.clone(),
            pin: read_pin()?,
        },
        Ask::LogOut => Request::LogOut,
        Ask::Watch => Request::Watch,
        Ask::Press(keys) => Request::Press { keys: keys.clone() },
        Ask::Screen if json => Request::Screen,
        Ask::Screen => Request::Text,
        Ask::Calls(active) => Request::Calls { active: *active },
    })
}

/// What the exit code is about.
enum Wanted {
    SignedIn,
    SignedOut,
    Answer,
    /// One that is only handed on.
    Screen,
}

impl Wanted {
    fn of(question: &Ask, json: bool) -> Self {
        match question {
            Ask::Screen if json => Self::Screen,
            Ask::LogIn(_) => Self::SignedIn,
            Ask::LogOut => Self::SignedOut,
            Ask::Status | Ask::Watch | Ask::Press(_) | Ask::Screen | Ask::Calls(_) => Self::Answer,
        }
    }

    fn code(&self, line: &str) -> anyhow::Result<ExitCode> {
        let met = match self {
            Self::Screen => !line.starts_with("{\"error\""),
            Self::SignedIn | Self::SignedOut | Self::Answer => {
                self.is_met_by(&serde_json::from_str(line)?)
            }
        };
        Ok(if met {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    fn is_met_by(&self, answer: &Answer) -> bool {
        match (self, answer) {
            (_, Answer::Error(_)) => false,
            // Not compared with what was asked for: a short extension is another name of the same person.
            (Self::SignedIn, Answer::Status(status)) => {
                status.user.is_some() && status.activity == ActivityName::Home
            }
            (Self::SignedOut, Answer::Status(status)) => status.user.is_none(),
            (Self::Answer | Self::Screen, Answer::Status(_))
            | (_, Answer::Text(_) | Answer::Screen(_) | Answer::Notice(_)) => true,
        }
    }
}

fn print(out: &mut impl Write, answer: Answer) -> io::Result<()> {
    match answer {
        Answer::Status(status) => print_status(out, &status),
        Answer::Text(text) => write!(out, "{text}"),
        Answer::Screen(screen) => write!(out, "{}", screen.to_text()),
        Answer::Notice(notice) => writeln!(out, "{notice:?}"),
        Answer::Error(why) => writeln!(out, "{why}"),
    }
}

fn print_status(out: &mut impl Write, status: &Status) -> io::Result<()> {
    let yes = |yes: bool| if yes { "yes" } else { "no" };
    let desk = status.desk.as_deref().unwrap_or("not known yet");
    writeln!(out, "desk:         {desk}")?;
    match &status.user {
        None => writeln!(out, "signed in:    nobody")?,
        Some(user) => writeln!(out, "signed in:    {} ({})", user.name, user.extension)?,
    }
    if let Some(code) = &status.enrolment_code {
        writeln!(out, "enrolment:    tell the administrator {code}")?;
    }
    if let Some(code) = status.refusal {
        writeln!(out, "refused:      {} ({})", code.sentence(), code.short())?;
    }
    writeln!(out, "doing:        {:?}", status.activity)?;
    writeln!(out, "registered:   {}", yes(status.registered))?;
    writeln!(out, "server:       {}", yes(status.server))?;
    writeln!(out, "network:      {}", yes(status.network))?;
    if let Some(ms) = status.last_switch_ms {
        writeln!(out, "last switch:  {ms} ms")?;
    }
    for trouble in &status.troubles {
        writeln!(out, "trouble:      {trouble}")?;
    }
    Ok(())
}

/// Reads the PIN from standard input, without showing it where that is a terminal.
fn read_pin() -> anyhow::Result<Pin> {
    let stdin = io::stdin();
    let shown = stdin.is_terminal().then(|| tcgetattr(&stdin)).transpose()?;
    if let Some(shown) = &shown {
        let mut hidden = shown.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&stdin, OptionalActions::Now, &hidden)?;
        eprint!("PIN: ");
    }
    let mut line = Zeroizing::new(String::new());
    let read = stdin.lock().read_line(&mut line);
    if let Some(shown) = &shown {
        tcsetattr(&stdin, OptionalActions::Now, shown)?;
        eprintln!();
    }
    read?;
    Pin::parse(line.trim_end_matches(['\r', '\n'])).context("login")
}
