//! One transaction together with what is told once it is true.

use hotdesk_provisioning::Push;
use sqlx::{Any, Transaction};

use crate::app::App;
use crate::bus::Word;
use crate::db::{Breadth, Connection};
use crate::once;

/// One transaction, the time it happens at, and the words that follow it. Dropped unfinished, it never happened.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) app: App,
    /// Seconds since 1970.
    pub(crate) now: i64,
    breadth: Breadth,
    transaction: Transaction<'static, Any>,
    words: Vec<Word>,
}

impl Change {
    pub(crate) async fn begin(app: &App, breadth: Breadth) -> Result<Self, sqlx::Error> {
        Ok(Self {
            app: app.clone(),
            now: app.now(),
            breadth,
            transaction: app.database().begin(breadth).await?,
            words: Vec::new(),
        })
    }

    /// The connection to write with.
    pub(crate) fn connection(&mut self) -> &mut Connection {
        &mut self.transaction
    }

    /// Tells a phone, once the change is finished.
    pub(crate) fn push(&mut self, phone: i64, push: Push) {
        self.words.push(Word::Push { phone, push });
    }

    /// Tells every phone of a tenant, once the change is finished.
    pub(crate) fn push_all(&mut self, tenant: i64, push: Push) {
        self.words.push(Word::PushAll { tenant, push });
    }

    /// Ends a phone's event stream, once the change is finished and the phone has been told.
    pub(crate) fn hang_up(&mut self, phone: i64) {
        self.words.push(Word::HangUp { phone });
    }

    /// Makes it true, then tells. Goes on when whoever asked has hung up meanwhile: what is true must also be told.
    pub(crate) async fn finish(mut self) -> Result<(), sqlx::Error> {
        if let Breadth::Tenant(tenant) = self.breadth {
            self.words.push(Word::Changed { tenant });
        }
        self.words.push(Word::Deadlines);
        let reservation = once::current();
        let finishing = tokio::spawn(async move {
            if let Some(reservation) = reservation {
                reservation.carry_out(&mut self.transaction).await?;
            }
            if self.app.is_shared() {
                self.app
                    .bus()
                    .tell_others(&mut self.transaction, &self.words)
                    .await?;
            }
            self.transaction.commit().await?;
            for word in self.words {
                self.app.hear(word);
            }
            Ok(())
        });
        finishing.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
    }
}
