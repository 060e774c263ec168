//! Bounds the connections of a listener: beyond the limit new ones are closed at once, before any handshake.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use axum::Extension;
use axum::middleware::AddExtension;
use axum_server::accept::Accept;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::Layer as _;

/// A place among the connections, kept by the service that answers on one.
pub(crate) type Place = Arc<OwnedSemaphorePermit>;

/// Accepts as `inner` does, up to a number of connections at a time.
#[derive(Debug, Clone)]
pub(crate) struct Bounded<A> {
    inner: A,
    places: Arc<Semaphore>,
}

impl<A> Bounded<A> {
    pub(crate) fn new(inner: A, connections_max: usize) -> Self {
        Self {
            inner,
            places: Arc::new(Semaphore::new(connections_max)),
        }
    }
}

type Accepted<I, S> = io::Result<(I, S)>;

impl<A, I, S> Accept<I, S> for Bounded<A>
where
    A: Accept<I, S>,
    A::Future: Send + 'static,
    A::Stream: 'static,
    A::Service: 'static,
{
    type Stream = A::Stream;
    type Service = AddExtension<A::Service, Place>;
    type Future = Pin<Box<dyn Future<Output = Accepted<Self::Stream, Self::Service>> + Send>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let accepting = place.map(|place| (place, self.inner.accept(stream, service)));
        Box::pin(async move {
            let (place, accepting) = accepting.map_err(|_| {
                io::Error::new(io::ErrorKind::ConnectionRefused, "too many connections")
            })?;
            let (stream, service) = accepting.await?;
            Ok((stream, Extension(Arc::new(place)).layer(service)))
        })
    }
}
