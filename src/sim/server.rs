//! The server: accepts, starts and stops. What is answered is decided in `service`.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{Arc, mpsc},
    thread::JoinHandle,
    time::Duration,
};

use axum::{Router, extract::DefaultBodyLimit};
use tokio::sync::watch;

use super::{
    door::{Door, Link},
    log::Log,
    scenario::Scenario,
    service::{Service, answer},
};
use crate::quota::Timestamp;

/// Larger than any context: a million tokens of text are about 4 MB.
const MOST_BODY: usize = 64 << 20;
/// Connections end at once when the server stops; longer than this is not waited for them.
const LINGER: Duration = Duration::from_secs(1);

/// A running server in the caller's runtime. It stops when this is dropped or [`Server::stop`] is called.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub addr: SocketAddr,
    log: Log,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    /// What it was asked; the handle may be cloned and outlives the server.
    #[must_use]
    pub fn log(&self) -> Log {
        self.log.clone()
    }

    /// `http://127.0.0.1:PORT/api/coding/paas/v4`, to which `/chat/completions` is appended.
    #[must_use]
    pub fn base_url(&self) -> String {
        base_url(self.addr)
    }

    /// `http://127.0.0.1:PORT`, to which `/api/monitor/usage/…` is appended.
    #[must_use]
    pub fn quota_url(&self) -> String {
        quota_url(self.addr)
    }

    /// Ends all connections and waits for the end.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        // Whether the task ended by itself or not at all, there is nothing left to do.
        let _ = tokio::time::timeout(LINGER, self.task).await;
    }
}

/// Serves a scenario on a listener that is bound on 127.0.0.1 and non-blocking, in the runtime that it
/// is called in.
///
/// # Errors
/// When the listener cannot be taken over.
pub fn serve(
    listener: TcpListener,
    scenario: Scenario,
    clock: impl Fn() -> Timestamp + Send + Sync + 'static,
) -> io::Result<Server> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let addr = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    let log = Log::default();
    let service = Arc::new(Service::new(scenario, Box::new(clock), log.clone()));
    let app = Router::new()
        .fallback(answer)
        .layer(DefaultBodyLimit::max(MOST_BODY))
        .with_state(service)
        .into_make_service_with_connect_info::<Link>();
    let mut end = stopped.clone();
    let serving = axum::serve(Door::new(listener, stopped), app).with_graceful_shutdown(async move {
        // A sender that is gone ends it too.
        let _ = end.wait_for(|stop| *stop).await;
    });
    #[expect(clippy::disallowed_methods, reason = "the simulator's server is one of the places where tasks start")]
    let task = tokio::spawn(async move {
        // It only ends by the signal, and then without an error.
        let _ = serving.await;
    });
    Ok(Server { addr, log, stop, task })
}

/// A running server in a thread of its own. It stops when this is dropped or [`Handle::stop`] is called.
#[derive(Debug)]
pub struct Handle {
    /// Where it listens.
    pub addr: SocketAddr,
    log: Log,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Handle {
    /// What it was asked; the handle may be cloned and outlives the server.
    #[must_use]
    pub fn log(&self) -> Log {
        self.log.clone()
    }

    /// `http://127.0.0.1:PORT/api/coding/paas/v4`, to which `/chat/completions` is appended.
    #[must_use]
    pub fn base_url(&self) -> String {
        base_url(self.addr)
    }

    /// `http://127.0.0.1:PORT`, to which `/api/monitor/usage/…` is appended.
    #[must_use]
    pub fn quota_url(&self) -> String {
        quota_url(self.addr)
    }

    /// Ends all connections and the thread.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            // A panic in there has already been reported by the panic hook.
            let _ = thread.join();
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.end();
    }
}

/// Serves a scenario on 127.0.0.1 in a thread with its own runtime. Port 0 takes any free one.
///
/// While it runs, every program of this machine can reach it; `GET /__sim/log` shows what it was asked,
/// without the keys.
///
/// # Errors
/// When the port is taken or the thread or its runtime cannot be made.
pub fn start_in_thread(
    scenario: Scenario,
    port: u16,
    clock: impl Fn() -> Timestamp + Send + Sync + 'static,
) -> io::Result<Handle> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    let (ready, started) = mpsc::channel();
    let thread = std::thread::Builder::new().name("simulated service".into()).spawn(move || {
        runtime.block_on(async move {
            match serve(listener, scenario, clock) {
                Ok(Server { addr, log, stop, task }) => {
                    let mut stopped = stop.subscribe();
                    // When nobody waits for the start any more, nobody holds the handle either.
                    if ready.send(Ok((addr, log, stop))).is_ok() {
                        let _ = stopped.wait_for(|stop| *stop).await;
                        let _ = tokio::time::timeout(LINGER, task).await;
                    }
                }
                Err(e) => drop(ready.send(Err(e))),
            }
        });
    })?;
    let (addr, log, stop) = started.recv().map_err(io::Error::other)??;
    Ok(Handle { addr, log, stop, thread: Some(thread) })
}

fn base_url(addr: SocketAddr) -> String {
    format!("http://{addr}/api/coding/paas/v4")
}

fn quota_url(addr: SocketAddr) -> String {
    format!("http://{addr}")
}
