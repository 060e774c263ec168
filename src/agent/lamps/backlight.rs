//! The light behind the display: full while somebody uses the phone, then dim, then off. The key that wakes it counts as
//! well: nobody presses the first digit of an emergency number twice.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::lamp::write_existing;
use super::said_once;
use crate::config::BacklightConfig;
use crate::{Clock, Face, deadline};

/// How bright the light should be, by the time since the last key. Pure.
#[derive(Debug)]
struct Dimmer {
    dim_after: Option<Duration>,
    off_after: Option<Duration>,
    touched_at: Instant,
}

/// How bright.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Full,
    Dim,
    Off,
}

impl Dimmer {
    fn touch(&mut self, now: Instant) {
        self.touched_at = now;
    }

    fn level(&self, now: Instant) -> Level {
        let past = |after: Option<Duration>| {
            let at = after.and_then(|after| self.touched_at.checked_add(after));
            at.is_some_and(|at| at <= now)
        };
        match (past(self.off_after), past(self.dim_after)) {
            (true, _) => Level::Off,
            (false, true) => Level::Dim,
            (false, false) => Level::Full,
        }
    }

    /// When the level changes next by itself.
    fn poll_timeout(&self, now: Instant) -> Option<Instant> {
        let changes = [self.dim_after, self.off_after].into_iter().flatten();
        let changes = changes.filter_map(|after| self.touched_at.checked_add(after));
        changes.filter(|at| *at > now).min()
    }
}

/// One light.
pub(crate) struct Backlight {
    folder: PathBuf,
    dim_percent: u8,
    dimmer: Dimmer,
    clock: Clock,
    shown: Option<Level>,
    failing: bool,
}

impl Backlight {
    /// A light somewhere under `root`.
    pub(crate) fn new(root: &Path, config: &BacklightConfig, clock: Clock) -> Self {
        Self {
            folder: root.join(&config.folder),
            dim_percent: config.dim_percent,
            dimmer: Dimmer {
                dim_after: config.dim_after,
                off_after: config.off_after,
                touched_at: clock.now(),
            },
            clock,
            shown: None,
            failing: false,
        }
    }

    /// Follows keys, and the lamp that wants somebody to look at the screen, until the phone ends.
    pub(crate) async fn follow(
        mut self,
        mut touched: watch::Receiver<()>,
        mut faces: watch::Receiver<Arc<Face>>,
    ) {
        loop {
            let now = self.clock.now();
            let attention = faces.borrow_and_update().lamps.attention;
            if attention {
                self.dimmer.touch(now);
            }
            self.show(self.dimmer.level(now));
            let deadline = self.dimmer.poll_timeout(now).filter(|_| !attention);
            tokio::select! {
                changed = touched.changed() => match changed {
                    Ok(()) => self.dimmer.touch(self.clock.now()),
                    Err(_) => return,
                },
                Ok(()) = faces.changed() => {}
                () = deadline::reached(deadline) => {}
            }
        }
    }

    fn show(&mut self, level: Level) {
        if self.shown == Some(level) {
            return;
        }
        let outcome = self.write(level);
        self.shown = outcome.is_ok().then_some(level);
        said_once(&mut self.failing, "backlight", outcome);
    }

    fn write(&self, level: Level) -> io::Result<()> {
        let most = fs::read_to_string(self.folder.join("max_brightness"))?;
        let most: u32 = most.trim().parse().map_err(io::Error::other)?;
        let brightness = match level {
            Level::Full => most,
            // Never off by rounding.
            Level::Dim => (most.saturating_mul(self.dim_percent.into()) / 100).max(1),
            Level::Off => 0,
        };
        write_existing(&self.folder.join("brightness"), &brightness.to_string())
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;
    use crate::Lamps;

    const SOON: Duration = Duration::from_secs(10);

    fn config(dim_after: Duration) -> BacklightConfig {
        BacklightConfig {
            folder: "backlight/panel".into(),
            dim_after: Some(dim_after),
            dim_percent: 20,
            off_after: Some(dim_after * 10),
        }
    }

    #[test]
    fn it_dims_and_goes_out_and_a_key_brings_it_back() {
        let start = Clock::system().now();
        let at = |s: u64| start + Duration::from_secs(s);
        let mut dimmer = Dimmer {
            dim_after: Some(Duration::from_secs(60)),
            off_after: Some(Duration::from_secs(600)),
            touched_at: start,
        };
        assert_eq!(dimmer.level(at(59)), Level::Full);
        assert_eq!(dimmer.poll_timeout(at(59)), Some(at(60)));
        assert_eq!(dimmer.level(at(60)), Level::Dim);
        assert_eq!(dimmer.poll_timeout(at(60)), Some(at(600)));
        assert_eq!(dimmer.level(at(600)), Level::Off);
        assert_eq!(
            dimmer.poll_timeout(at(600)),
            None,
            "nothing wakes a dark phone"
        );
        dimmer.touch(at(700));
        assert_eq!(dimmer.level(at(700)), Level::Full);
        assert_eq!(dimmer.poll_timeout(at(700)), Some(at(760)));
    }

    #[test]
    fn without_times_it_stays_on() {
        let start = Clock::system().now();
        let dimmer = Dimmer {
            dim_after: None,
            off_after: None,
            touched_at: start,
        };
        assert_eq!(
            dimmer.level(start + Duration::from_secs(1_000_000)),
            Level::Full
        );
        assert_eq!(dimmer.poll_timeout(start), None);
    }

    #[test]
    fn the_kernel_is_told_in_its_own_numbers_and_only_of_changes() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("backlight/panel");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("max_brightness"), "31\n").unwrap();
        fs::write(folder.join("brightness"), "9").unwrap();
        let read = || fs::read_to_string(folder.join("brightness")).unwrap();
        let mut light = Backlight::new(root.path(), &config(SOON), Clock::system());
        light.show(Level::Full);
        assert_eq!(read(), "31");
        light.show(Level::Dim);
        assert_eq!(read(), "6");
        light.show(Level::Off);
        assert_eq!(read(), "0");
        fs::write(folder.join("brightness"), "untouched").unwrap();
        light.show(Level::Off);
        assert_eq!(read(), "untouched");
    }

    #[tokio::test]
    async fn a_key_and_a_call_for_attention_light_it() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("backlight/panel");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("max_brightness"), "10").unwrap();
        fs::write(folder.join("brightness"), "").unwrap();
        let shows = async |wanted: &str| {
            let reached = async {
                while fs::read_to_string(folder.join("brightness")).unwrap() != wanted {
                    tokio::task::yield_now().await;
                }
            };
            timeout(SOON, reached)
                .await
                .unwrap_or_else(|_| panic!("it never became {wanted}"));
        };
        let (touched, touches) = watch::channel(());
        let (face, faces) = watch::channel(Arc::new(Face::default()));
        let light = Backlight::new(
            root.path(),
            &config(Duration::from_millis(100)),
            Clock::system(),
        );
        tokio::spawn(light.follow(touches, faces));
        shows("2").await;
        touched.send_replace(());
        shows("10").await;
        shows("0").await;
        let lamps = Lamps {
            attention: true,
            ..Lamps::default()
        };
        face.send_replace(Arc::new(Face {
            lamps,
            ..Face::default()
        }));
        shows("10").await;
    }
}
