//! The listener and its connections: ordinary TCP that can also be broken on purpose (reset, closed in
//! the middle, foreign bytes in place of an answer) and that ends at once when the server stops.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use bytes::Bytes;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// A handler's grip on the connection that its request came by.
#[derive(Clone, Debug, Default)]
pub(super) struct Link(Arc<Grip>);

#[derive(Debug, Default)]
struct Grip {
    mode: AtomicU8,
    raw: Mutex<Option<Bytes>>,
}

const NORMAL: u8 = 0;
/// No further byte goes out; the connection is closed.
const CLOSING: u8 = 1;
/// The same, with a reset.
const RESETTING: u8 = 2;

impl Link {
    /// From now on nothing is written; the connection closes.
    pub(super) fn close(&self) {
        self.0.mode.store(CLOSING, Ordering::Release);
    }

    /// From now on nothing is written; the connection is reset.
    pub(super) fn reset(&self) {
        self.0.mode.store(RESETTING, Ordering::Release);
    }

    /// Sends these bytes in place of whatever the next answer is, then closes.
    pub(super) fn replace(&self, bytes: Bytes) {
        *self.0.raw.lock().unwrap_or_else(PoisonError::into_inner) = Some(bytes);
    }

    fn mode(&self) -> u8 {
        self.0.mode.load(Ordering::Acquire)
    }

    fn take_raw(&self) -> Option<Bytes> {
        self.0.raw.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Connected<IncomingStream<'_, Door>> for Link {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().link.clone()
    }
}

/// The listener.
#[derive(Debug)]
pub(super) struct Door {
    tcp: TcpListener,
    stop: watch::Receiver<bool>,
}

impl Door {
    /// Takes over a bound listener; connections end once `stop` holds true or its sender is gone.
    pub(super) fn new(tcp: TcpListener, stop: watch::Receiver<bool>) -> Self {
        Self { tcp, stop }
    }
}

impl Listener for Door {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        let (tcp, from) = Listener::accept(&mut self.tcp).await;
        // Each piece leaves when it is written; without it the pace would be the kernel's. A refusal
        // only costs timing.
        let _ = tcp.set_nodelay(true);
        let mut stop = self.stop.clone();
        let stopped = Box::pin(async move {
            let _ = stop.wait_for(|stop| *stop).await;
        });
        (Wire { tcp, link: Link::default(), stopped, raw: Bytes::new(), is_replaced: false }, from)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

/// One connection.
pub(super) struct Wire {
    tcp: TcpStream,
    link: Link,
    stopped: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// What is left of the foreign bytes.
    raw: Bytes,
    is_replaced: bool,
}

impl Wire {
    fn open(&self) -> io::Result<()> {
        if self.link.mode() == NORMAL { Ok(()) } else { Err(io::ErrorKind::ConnectionAborted.into()) }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.link.mode() == RESETTING {
            // A close with zero linger sends RST (tcp(7)). Failing means the peer is gone already.
            let _ = self.tcp.set_zero_linger();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.open()?;
        if self.stopped.as_mut().poll(cx).is_ready() {
            self.link.close();
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Pin::new(&mut self.tcp).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.open()?;
        if let Some(raw) = self.link.take_raw() {
            self.raw = raw;
            self.is_replaced = true;
        }
        if !self.is_replaced {
            return Pin::new(&mut self.tcp).poll_write(cx, buf);
        }
        while !self.raw.is_empty() {
            let this = &mut *self;
            match Pin::new(&mut this.tcp).poll_write(cx, &this.raw) {
                Poll::Ready(Ok(n)) => drop(this.raw.split_to(n)),
                Poll::Ready(Err(e)) => return Poll::Ready(Err(e)),
                Poll::Pending => return Poll::Pending,
            }
        }
        // The proper answer is swallowed.
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.link.mode() == RESETTING {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}
