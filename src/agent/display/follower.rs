//! The thread that keeps a panel up to date: opens it, shows the newest face, opens it again when it was gone.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use tokio::sync::{oneshot, watch};
use tracing::{error, info, warn};

use super::{Display, open};
use crate::clock;
use crate::drivers::DeviceNews;
use crate::{DisplayConfig, Face};

/// Longest wait for a panel that is being written to when the phone stops.
const RETURN_MAX: Duration = Duration::from_secs(1);

/// A panel that follows a phone. Dropping it gives the panel back.
#[derive(Debug)]
pub(crate) struct Follower {
    stop: Option<oneshot::Sender<()>>,
    ended: Receiver<()>,
}

impl Follower {
    /// Follows `faces` until it is dropped or the phone ends, and tells `dark` why nothing can be seen.
    ///
    /// # Errors
    /// When the system has no room for another thread.
    pub(crate) fn start(
        config: DisplayConfig,
        faces: watch::Receiver<Arc<Face>>,
        news: DeviceNews,
        dark: watch::Sender<Option<String>>,
    ) -> anyhow::Result<Self> {
        Self::start_with(move || open(&config), dark, faces, news)
    }

    fn start_with(
        open: impl Open,
        dark: watch::Sender<Option<String>>,
        faces: watch::Receiver<Arc<Face>>,
        news: DeviceNews,
    ) -> anyhow::Result<Self> {
        let (stop, stopped) = oneshot::channel();
        let (end, ended) = channel();
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        thread::Builder::new()
            .name("display".to_owned())
            .spawn(move || {
                let mut glass = Glass::new(open, dark);
                runtime.block_on(glass.follow(faces, news, stopped));
                drop(glass);
                // Whoever waited may have given up.
                let _ = end.send(());
            })
            .context("the display's thread cannot be started")?;
        Ok(Self {
            stop: Some(stop),
            ended,
        })
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        drop(self.stop.take());
        if self.ended.recv_timeout(RETURN_MAX).is_err() {
            warn!("the display is not given back: it still waits for its hardware");
        }
    }
}

/// Something that opens a panel, again and again.
trait Open: FnMut() -> anyhow::Result<Box<dyn Display>> + Send + 'static {}
impl<F: FnMut() -> anyhow::Result<Box<dyn Display>> + Send + 'static> Open for F {}

/// What the thread works with.
struct Glass<O> {
    open: O,
    display: Option<Box<dyn Display>>,
    /// Which picture is on it.
    shown: Option<u64>,
    /// What was said last about a panel that cannot be used.
    dark: watch::Sender<Option<String>>,
    has_shown: bool,
}

impl<O: Open> Glass<O> {
    fn new(open: O, dark: watch::Sender<Option<String>>) -> Self {
        Self {
            open,
            display: None,
            shown: None,
            dark,
            has_shown: false,
        }
    }

    /// A panel that cannot be used is tried again with every new face and with every change of the nodes: both are rare,
    /// and neither is a wake-up of its own.
    async fn follow(
        &mut self,
        mut faces: watch::Receiver<Arc<Face>>,
        mut news: DeviceNews,
        mut stopped: oneshot::Receiver<()>,
    ) {
        loop {
            let face = Arc::clone(&faces.borrow_and_update());
            self.show(&face);
            // The next is drawn into the same memory when nobody reads this one any more.
            drop(face);
            tokio::select! {
                _ = &mut stopped => return,
                changed = faces.changed() => if changed.is_err() { return },
                () = changed(&mut news) => self.let_go_if_stale(),
            }
        }
    }

    /// The new panel under the old name knows nothing of what the old one showed.
    fn let_go_if_stale(&mut self) {
        self.display = self.display.take().filter(|display| !display.is_stale());
    }

    fn show(&mut self, face: &Face) {
        if face.picture.pixels().is_empty() {
            return;
        }
        let shown = self.show_once(face).or_else(|_| {
            // One that was open may have been changed for another under the same name.
            self.display = None;
            self.show_once(face)
        });
        match shown {
            Ok(()) => {
                if !std::mem::replace(&mut self.has_shown, true) {
                    let after_ms = clock::process_age().map(|age| age.as_millis());
                    info!(after_ms, "the first picture");
                }
                if self.dark.send_if_modified(|why| why.take().is_some()) {
                    info!("the display works");
                }
            }
            Err(why) => {
                self.display = None;
                self.complain(format!("{why:#}"));
            }
        }
    }

    fn show_once(&mut self, face: &Face) -> anyhow::Result<()> {
        let (display, shown) = match self.display.take() {
            Some(display) => (display, self.shown),
            None => ((self.open)()?, None),
        };
        let damage = face.changed_since(shown);
        self.shown = Some(face.changes.number());
        self.display.insert(display).show(face, &damage)
    }

    /// The same trouble is said once.
    fn complain(&mut self, why: String) {
        self.dark.send_if_modified(|said| {
            let is_news = said.as_ref() != Some(&why);
            if is_news {
                error!("no display: {why}");
                *said = Some(why);
            }
            is_news
        });
    }
}

/// Waits for news of the nodes, for ever if nobody tells any.
async fn changed(news: &mut DeviceNews) {
    if news.changed().await.is_err() {
        std::future::pending().await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use anyhow::bail;
    use hotdesk_ui::Damage;

    use super::super::samples::face;
    use super::*;

    /// A panel that breaks when it is told to, and remembers what it was shown and whether it was given back.
    #[derive(Default)]
    struct Bench {
        shown: Vec<u8>,
        opened: u32,
        given_back: u32,
        missing: bool,
        breaks: bool,
        stale: bool,
    }

    struct Panel(Arc<Mutex<Bench>>);

    impl Display for Panel {
        fn show(&mut self, face: &Face, _: &Damage) -> anyhow::Result<()> {
            let mut bench = self.0.lock().unwrap();
            if std::mem::take(&mut bench.breaks) {
                bail!("it fell off");
            }
            bench.shown.push(face.picture.pixels()[0]);
            Ok(())
        }

        fn is_stale(&self) -> bool {
            self.0.lock().unwrap().stale
        }

        fn summary(&self) -> String {
            "a bench".to_owned()
        }

        fn size(&self) -> (u32, u32) {
            (4, 2)
        }
    }

    impl Drop for Panel {
        fn drop(&mut self) {
            self.0.lock().unwrap().given_back += 1;
        }
    }

    fn glass(bench: &Arc<Mutex<Bench>>) -> Glass<impl Open> {
        let bench = Arc::clone(bench);
        let open = move || -> anyhow::Result<Box<dyn Display>> {
            let mut held = bench.lock().unwrap();
            if held.missing {
                bail!("not there");
            }
            held.opened += 1;
            Ok(Box::new(Panel(Arc::clone(&bench))))
        };
        Glass::new(open, watch::Sender::default())
    }

    #[test]
    fn a_panel_that_breaks_is_opened_again_at_once() {
        let bench = Arc::new(Mutex::new(Bench::default()));
        let mut glass = glass(&bench);
        glass.show(&face(4, 2, |_, _| [1, 0, 0]));
        bench.lock().unwrap().breaks = true;
        glass.show(&face(4, 2, |_, _| [2, 0, 0]));
        let held = bench.lock().unwrap();
        assert_eq!(held.shown, [1, 2]);
        assert_eq!((held.opened, held.given_back), (2, 1));
        assert_eq!(*glass.dark.borrow(), None);
    }

    #[test]
    fn a_panel_that_is_missing_is_said_once_and_then_works() {
        let bench = Arc::new(Mutex::new(Bench::default()));
        bench.lock().unwrap().missing = true;
        let mut glass = glass(&bench);
        glass.show(&face(4, 2, |_, _| [1, 0, 0]));
        assert_eq!(glass.dark.borrow().as_deref(), Some("not there"));
        bench.lock().unwrap().missing = false;
        glass.show(&face(4, 2, |_, _| [2, 0, 0]));
        assert_eq!(*glass.dark.borrow(), None);
        assert_eq!(bench.lock().unwrap().shown, [2]);
    }

    #[test]
    fn a_panel_that_was_changed_for_another_gets_the_whole_picture() {
        let bench = Arc::new(Mutex::new(Bench::default()));
        let mut glass = glass(&bench);
        glass.show(&face(4, 2, |_, _| [1, 0, 0]));
        glass.let_go_if_stale();
        assert_eq!(bench.lock().unwrap().given_back, 0);
        bench.lock().unwrap().stale = true;
        glass.let_go_if_stale();
        glass.show(&face(4, 2, |_, _| [1, 0, 0]));
        let held = bench.lock().unwrap();
        assert_eq!((held.opened, held.given_back), (2, 1));
    }

    /// A panel that takes for ever over a picture, until it is told that it is done.
    struct Slow {
        begun: std::sync::mpsc::Sender<u8>,
        done: Receiver<()>,
    }

    impl Display for Slow {
        fn show(&mut self, face: &Face, _: &Damage) -> anyhow::Result<()> {
            self.begun.send(face.picture.pixels()[0])?;
            Ok(self.done.recv()?)
        }

        fn summary(&self) -> String {
            "slow".to_owned()
        }

        fn size(&self) -> (u32, u32) {
            (4, 2)
        }
    }

    #[test]
    fn pictures_that_a_slow_panel_has_no_time_for_are_never_sent_and_nobody_waits_for_it() {
        let until = Duration::from_secs(10);
        let picture = |red| Arc::new(face(4, 2, |_, _| [red, 0, 0]));
        let (begun, shown) = channel();
        let (done, wait) = channel();
        let mut slow = Some(Slow { begun, done: wait });
        let open = move || -> anyhow::Result<Box<dyn Display>> {
            Ok(Box::new(slow.take().context("opened once")?))
        };
        let (faces, follow) = watch::channel(picture(1));
        let (_devices, news) = watch::channel(());
        let follower = Follower::start_with(open, watch::Sender::default(), follow, news).unwrap();
        assert_eq!(shown.recv_timeout(until), Ok(1));
        for red in 2..=200 {
            faces.send_replace(picture(red));
        }
        done.send(()).unwrap();
        assert_eq!(shown.recv_timeout(until), Ok(200), "only the newest");
        // It is still on its way when the phone stops, which waits for a moment and no longer.
        drop(follower);
        drop(done);
        assert!(shown.recv_timeout(until).is_err(), "nothing comes after it");
    }

    #[test]
    fn a_node_that_appears_shows_the_newest_face_and_the_end_gives_the_panel_back() {
        let bench = Arc::new(Mutex::new(Bench::default()));
        bench.lock().unwrap().missing = true;
        let (faces, follow) = watch::channel(Arc::new(face(4, 2, |_, _| [1, 0, 0])));
        let (devices, news) = watch::channel(());
        let Glass { open, dark, .. } = glass(&bench);
        let follower = Follower::start_with(open, dark, follow, news).unwrap();
        faces.send_replace(Arc::new(face(4, 2, |_, _| [7, 0, 0])));
        bench.lock().unwrap().missing = false;
        devices.send_replace(());
        let until = Duration::from_secs(10);
        let (done, waiting) = channel();
        let watched = Arc::clone(&bench);
        thread::spawn(move || {
            while watched.lock().unwrap().shown.last() != Some(&7) {
                thread::yield_now();
            }
            done.send(()).unwrap();
        });
        waiting
            .recv_timeout(until)
            .expect("the newest face is shown within ten seconds");
        drop(follower);
        assert_eq!(bench.lock().unwrap().given_back, 1);
    }
}
