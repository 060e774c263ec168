//! Requests that must be carried out once however often they are sent: each reserves its key, and the change that it makes says
//! so in its own transaction. Whatever breaks afterwards, the reservation then knows that it was carried out.

use crate::db::Connection;

/// The status of a request that is under way.
pub(crate) const UNDER_WAY: i64 = 0;
/// The status of a request that was carried out, and whose answer is not kept yet.
pub(crate) const CARRIED_OUT: i64 = 1;

/// A key that a request has taken.
#[derive(Debug, Clone)]
pub(crate) struct Reservation {
    /// Whose key it is: the token's number.
    pub(crate) token: i64,
    pub(crate) key: String,
    /// When it was taken, seconds since 1970; whoever takes it over takes it later.
    pub(crate) at: i64,
}

tokio::task_local! {
    static CURRENT: Reservation;
}

/// Answers a request that has reserved its key.
pub(crate) async fn within<T>(reservation: Reservation, answering: impl Future<Output = T>) -> T {
    CURRENT.scope(reservation, answering).await
}

/// The reservation of the request that is being answered, if it has one.
pub(crate) fn current() -> Option<Reservation> {
    CURRENT.try_with(Clone::clone).ok()
}

impl Reservation {
    /// Notes in the change's own transaction that the request was carried out.
    ///
    /// # Errors
    /// When another request has taken the key over, because this one took too long: then this one must not happen.
    pub(crate) async fn carry_out(&self, connection: &mut Connection) -> Result<(), sqlx::Error> {
        let noted = sqlx::query(
            "UPDATE idempotency SET status = $3 WHERE token_id = $1 AND key = $2 AND at = $4 AND status IN ($3, $5)",
        )
        .bind(self.token)
        .bind(&self.key)
        .bind(CARRIED_OUT)
        .bind(self.at)
        .bind(UNDER_WAY)
        .execute(connection)
        .await?;
        if noted.rows_affected() == 1 {
            Ok(())
        } else {
            let why = "the request took too long, and was sent again meanwhile";
            Err(sqlx::Error::Protocol(why.to_owned()))
        }
    }
}
