//! Tones of the phone itself: by a program, a beeper of the kernel's or a PWM channel. The newest tone is sounded; one
//! that comes too late is none.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use evdev::{Device, EventType, InputEvent, SoundCode};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::sleep;

use super::lamp::write_existing;
use super::{SYS_CLASS, said_once};
use crate::config::ToneConfig;
use crate::{Notice, ToneName};

/// A tone as a beeper plays it: hertz (0: silence) and milliseconds.
type Melody = &'static [(u32, u64)];

/// Sounds the tones among the notices until the phone ends.
pub(crate) async fn sound_tones(config: ToneConfig, mut notices: Receiver<Notice>) {
    let mut sounder = Sounder::new(config, Path::new(SYS_CLASS));
    let mut failing = false;
    loop {
        let notice = match notices.recv().await {
            Ok(notice) => notice,
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        };
        if let Notice::Tone { tone } = notice {
            let outcome = sounder.sound(tone).await;
            said_once(&mut failing, "tone", outcome);
        }
    }
}

/// What sounds.
enum Sounder {
    Program {
        words: Vec<String>,
        playing: Option<Child>,
    },
    Beeper(PathBuf),
    Pwm(PathBuf),
}

impl Sounder {
    fn new(config: ToneConfig, root: &Path) -> Self {
        match config {
            ToneConfig::Command(words) => Self::Program {
                words,
                playing: None,
            },
            ToneConfig::Beeper(path) => Self::Beeper(path),
            ToneConfig::Pwm(folder) => Self::Pwm(root.join("pwm").join(folder)),
        }
    }

    async fn sound(&mut self, tone: ToneName) -> io::Result<()> {
        match self {
            Self::Program { words, playing } => {
                // A program that still plays, or hangs, makes room for the newer tone.
                if let Some(mut earlier) = playing.take() {
                    earlier.kill()?;
                    earlier.wait()?;
                }
                *playing = Some(start(words, tone)?);
                Ok(())
            }
            Self::Beeper(path) => {
                let mut device = Device::open(path)?;
                let beep = |hertz: u32| {
                    let value = i32::try_from(hertz).unwrap_or_default();
                    let event = InputEvent::new(EventType::SOUND.0, SoundCode::SND_TONE.0, value);
                    device.send_events(&[event])
                };
                play(melody(tone), beep).await
            }
            Self::Pwm(folder) => play(melody(tone), |hertz| drive(folder, hertz)).await,
        }
    }
}

fn start(words: &[String], tone: ToneName) -> io::Result<Child> {
    let name = match tone {
        ToneName::Done => "done",
        ToneName::Refused => "refused",
        ToneName::Attention => "attention",
    };
    let mut words = words.iter().map(|word| word.replace("{tone}", name));
    let program = words.next().unwrap_or_default();
    let mut command = Command::new(program);
    command
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn()
}

fn melody(tone: ToneName) -> Melody {
    match tone {
        ToneName::Done => &[(880, 90)],
        ToneName::Refused => &[(330, 160), (0, 80), (330, 160)],
        ToneName::Attention => &[(660, 120), (0, 120), (660, 120), (0, 120), (660, 120)],
    }
}

/// Plays a melody and is silent afterwards, whatever failed.
async fn play(melody: Melody, mut beep: impl FnMut(u32) -> io::Result<()>) -> io::Result<()> {
    for (hertz, milliseconds) in melody {
        if let Err(error) = beep(*hertz) {
            let _ = beep(0);
            return Err(error);
        }
        sleep(Duration::from_millis(*milliseconds)).await;
    }
    beep(0)
}

/// One note on a PWM channel (Linux Documentation/driver-api/pwm.rst): the period in nanoseconds, half of it on.
fn drive(folder: &Path, hertz: u32) -> io::Result<()> {
    let write = |file: &str, text: &str| write_existing(&folder.join(file), text);
    let Some(period) = 1_000_000_000_u32.checked_div(hertz) else {
        return write("enable", "0");
    };
    // A period shorter than the time on is refused.
    write("duty_cycle", "0")?;
    write("period", &period.to_string())?;
    write("duty_cycle", &(period / 2).to_string())?;
    write("enable", "1")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tokio::sync::broadcast;
    use tokio::time::timeout;

    use super::*;

    const SOON: Duration = Duration::from_secs(10);

    #[tokio::test]
    async fn a_melody_ends_in_silence_even_when_it_fails() {
        let mut notes = Vec::new();
        let beep = |hertz| {
            notes.push(hertz);
            Ok(())
        };
        play(&[(880, 1), (0, 1), (330, 1)], beep).await.unwrap();
        assert_eq!(notes, [880, 0, 330, 0]);
        let mut notes = Vec::new();
        let broken = |hertz| {
            notes.push(hertz);
            Err(io::ErrorKind::BrokenPipe.into())
        };
        assert!(play(melody(ToneName::Refused), broken).await.is_err());
        assert_eq!(notes, [330, 0]);
    }

    #[test]
    fn a_note_on_a_pwm_channel_is_a_period_half_on() {
        let folder = tempfile::tempdir().unwrap();
        for file in ["period", "duty_cycle", "enable"] {
            fs::write(folder.path().join(file), "").unwrap();
        }
        let read = |file| fs::read_to_string(folder.path().join(file)).unwrap();
        drive(folder.path(), 1000).unwrap();
        assert_eq!(
            (read("period"), read("duty_cycle"), read("enable")),
            ("1000000".into(), "500000".into(), "1".into())
        );
        drive(folder.path(), 0).unwrap();
        assert_eq!(read("enable"), "0");
    }

    #[tokio::test]
    async fn a_tone_reaches_the_program_with_its_name_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let template = folder.path().join("{tone}").display().to_string();
        let command = ToneConfig::Command(vec!["touch".to_owned(), template]);
        let (notices, heard) = broadcast::channel(4);
        tokio::spawn(sound_tones(command, heard));
        let number = hotdesk_provisioning::DialString::parse("112").unwrap();
        notices
            .send(Notice::Dial {
                number,
                emergency: true,
            })
            .unwrap();
        notices
            .send(Notice::Tone {
                tone: ToneName::Refused,
            })
            .unwrap();
        let made = folder.path().join("refused");
        let sounded = async {
            while !made.exists() {
                tokio::task::yield_now().await;
            }
        };
        timeout(SOON, sounded).await.expect("no tone was sounded");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
