//! The control socket: lets the owner of the phone's processes see and press what a person at the phone could. Never
//! decides; what it is asked for goes the same way as a key.

use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use hotdesk_provisioning::EndReason;
use hotdesk_session::{Event, NewCall};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::timeout;
use tracing::{debug, trace};
use zeroize::Zeroizing;

use crate::agent::Handles;
use crate::protocol::{Answer, LINE_BYTES_MAX, Request, parse_keys};
use crate::{ActivityName, Status};

/// Connections at a time.
const CLIENTS_MAX: usize = 8;
/// Longest wait for a client that neither asks nor reads.
const STALLED_MAX: Duration = Duration::from_secs(30);
/// Longest wait for a log-in or log-out to be over: a switch takes ten seconds to be admitted and eight to be registered.
const OUTCOME_MAX: Duration = Duration::from_secs(45);
/// Pause after a connection could not be taken.
const PAUSE: Duration = Duration::from_secs(1);

/// Something for the core; answered once the phone's status shows what came of it.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) event: Event,
    pub(crate) done: oneshot::Sender<()>,
}

/// What a client can reach.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    pub(crate) handles: Handles,
    pub(crate) orders: mpsc::Sender<Order>,
}

/// Opens the socket for its owner only.
///
/// # Errors
/// When the path cannot be used or another process listens there; the message names the key.
pub(crate) fn open(path: &Path) -> anyhow::Result<UnixListener> {
    let name = || format!("control.socket: {}", path.display());
    if let Ok(found) = fs::symlink_metadata(path) {
        if !found.file_type().is_socket() {
            bail!(
                "{}: a file that is no socket is there; choose another path",
                name()
            );
        }
        if std::os::unix::net::UnixStream::connect(path).is_ok() {
            bail!("{}: another process listens there", name());
        }
        fs::remove_file(path).with_context(name)?;
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(name)?;
    }
    let listener = UnixListener::bind(path).with_context(name)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).with_context(name)?;
    Ok(listener)
}

/// Serves clients for ever.
pub(crate) async fn serve(listener: UnixListener, reach: Reach) -> anyhow::Result<()> {
    let places = Arc::new(Semaphore::new(CLIENTS_MAX));
    loop {
        let place = Arc::clone(&places).acquire_owned().await?;
        let stream = match listener.accept().await {
            Ok((stream, _)) => {
                trace!(why = "the control socket", "awake");
                stream
            }
            Err(error) => {
                debug!("a control client was not taken: {error}");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let reach = reach.clone();
        tokio::spawn(async move {
            let _place = place;
            if let Err(error) = client(stream, reach).await {
                debug!("control client: {error}");
            }
        });
    }
}

async fn client(stream: UnixStream, reach: Reach) -> io::Result<()> {
    // Between binding and closing the permissions there was a moment in which anybody could connect.
    let peer = stream.peer_cred()?.uid();
    if peer != 0 && peer != rustix::process::geteuid().as_raw() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let (reader, writer) = stream.into_split();
    let mut client = Client {
        reader: BufReader::new(reader),
        writer,
        reach,
    };
    while let Some(line) = client.line().await? {
        let answer = match serde_json::from_slice(&line) {
            Ok(Request::Watch) => return client.watch().await,
            Ok(request) => client.answer(request).await,
            // Says where, never what: there may be a PIN in the line.
            Err(error) => Answer::Error(format!("not understood at column {}", error.column())),
        };
        client.say(&answer).await?;
    }
    Ok(())
}

struct Client {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
    reach: Reach,
}

impl Client {
    /// `None` at the end.
    async fn line(&mut self) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        let mut line = Zeroizing::new(Vec::with_capacity(LINE_BYTES_MAX));
        let mut bounded = (&mut self.reader).take(LINE_BYTES_MAX as u64);
        let read = timeout(STALLED_MAX, bounded.read_until(b'\n', &mut line)).await??;
        if read == LINE_BYTES_MAX && !line.ends_with(b"\n") {
            return Err(io::Error::other("the line is too long"));
        }
        Ok((read > 0).then_some(line))
    }

    async fn say(&mut self, answer: &Answer) -> io::Result<()> {
        let mut line = serde_json::to_vec(answer)?;
        line.push(b'\n');
        timeout(STALLED_MAX, self.writer.write_all(&line)).await?
    }

    async fn answer(&mut self, request: Request) -> Answer {
        match request {
            Request::Status | Request::Watch => self.status(),
            Request::Text => Answer::Text(self.reach.handles.faces.borrow().text.clone()),
            Request::Screen => self.screen(),
            Request::Press { keys } => match parse_keys(&keys) {
                Err(why) => Answer::Error(why),
                Ok(keys) => {
                    for key in keys {
                        self.order(Event::Key(key)).await;
                    }
                    self.status()
                }
            },
            Request::CallStarted {
                id,
                number,
                name,
                incoming,
                emergency,
            } => {
                let call = NewCall {
                    id,
                    name,
                    number,
                    incoming,
                    emergency,
                };
                self.order(Event::CallStarted(call)).await;
                self.status()
            }
            Request::CallChanged { id, state } => {
                let state = state.into();
                self.order(Event::CallChanged { id, state }).await;
                self.status()
            }
            Request::Watched { number, presence } => {
                let presence = presence.map(Into::into);
                self.order(Event::Watched { number, presence }).await;
                self.status()
            }
            Request::Calls { active } => {
                self.order(Event::Calls { active }).await;
                self.status()
            }
            Request::LogIn { extension, pin } => {
                self.order(Event::LogIn { extension, pin }).await;
                self.outcome().await
            }
            Request::LogOut => {
                let reason = EndReason::LoggedOut;
                self.order(Event::LogOut { reason }).await;
                self.outcome().await
            }
        }
    }

    fn screen(&self) -> Answer {
        match &self.reach.handles.faces.borrow().screen {
            Some(screen) => Answer::Screen(Box::new(screen.clone())),
            None => Answer::Error("there is no screen yet".to_owned()),
        }
    }

    fn status(&self) -> Answer {
        Answer::Status(Status::clone(&self.reach.handles.status.borrow()))
    }

    async fn order(&self, event: Event) {
        let (done, wait) = oneshot::channel();
        if self.reach.orders.send(Order { event, done }).await.is_ok() {
            // An order that was dropped shows in the status.
            let _ = wait.await;
        }
    }

    /// The status once nothing is under way any more.
    async fn outcome(&mut self) -> Answer {
        let settled = self
            .reach
            .handles
            .status
            .wait_for(|s| !under_way(s.activity));
        match timeout(OUTCOME_MAX, settled).await {
            Ok(Ok(status)) => Answer::Status(Status::clone(&status)),
            Ok(Err(_)) => Answer::Error("the phone stops".to_owned()),
            Err(_) => Answer::Error("it takes too long; ask for the status later".to_owned()),
        }
    }

    async fn watch(&mut self) -> io::Result<()> {
        let mut notices = self.reach.handles.notices.subscribe();
        let mut statuses = self.reach.handles.status.clone();
        statuses.mark_changed();
        let mut nothing = [0; 16];
        loop {
            let answer = tokio::select! {
                changed = statuses.changed() => match changed {
                    Ok(()) => Answer::Status(Status::clone(&statuses.borrow_and_update())),
                    Err(_) => return Ok(()),
                },
                notice = notices.recv() => match notice {
                    Ok(notice) => Answer::Notice(notice),
                    Err(RecvError::Lagged(missed)) => Answer::Error(format!("{missed} notices missed")),
                    Err(RecvError::Closed) => return Ok(()),
                },
                // A client that watches has nothing more to say; this notices that it went.
                read = self.reader.read(&mut nothing) => match read? {
                    0 => return Ok(()),
                    _ => continue,
                },
            };
            self.say(&answer).await?;
        }
    }
}

fn under_way(activity: ActivityName) -> bool {
    match activity {
        ActivityName::Admitting | ActivityName::Switching | ActivityName::Leaving => true,
        ActivityName::Enrolling
        | ActivityName::Home
        | ActivityName::Entering
        | ActivityName::ConfirmTakeover
        | ActivityName::Refused
        | ActivityName::LockedOut
        | ActivityName::ConfirmLogout
        | ActivityName::LogoutPin
        | ActivityName::Evicted
        | ActivityName::Expiring
        | ActivityName::Diagnostics
        | ActivityName::Menu
        | ActivityName::ChangePin
        | ActivityName::EndElsewhere
        | ActivityName::Consent
        | ActivityName::Done => false,
    }
}

#[cfg(test)]
mod tests;
