//! What each request is answered: the endpoints, keys, concurrency, the account. Holds the state of
//! the simulated service; every lock is held for the time of a calculation only.

use std::{
    future::pending,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, Method, header},
    response::Response,
};
use serde_json::{Value, json};

use super::{
    account::Account,
    ask::{self, Ask},
    bill::{Bill, Place},
    body::{self, Play},
    door::Link,
    http::{content_type, decoded, read, send, shown},
    keys::{self, Key},
    log::{Ended, Log, Received},
    monitor,
    pick::Picker,
    refusal::Refusal,
    scenario::{Before, Encoding, Fault, Poll, Reply, Scenario},
    script::{Script, Setting},
    zone,
};
use crate::quota::Timestamp;

/// Tells the time.
pub(super) type Clock = Box<dyn Fn() -> Timestamp + Send + Sync>;

/// The simulated service.
pub(super) struct Service {
    scenario: Scenario,
    clock: Clock,
    log: Log,
    account: Mutex<Account>,
    picker: Mutex<Picker>,
    in_flight: Arc<AtomicUsize>,
    n_replies: AtomicU64,
    n_polls: AtomicU64,
}

impl Service {
    /// A service at the start of its scenario.
    pub(super) fn new(scenario: Scenario, clock: Clock, log: Log) -> Self {
        Self {
            account: Mutex::new(Account::new(&scenario.plan, clock())),
            scenario,
            clock,
            log,
            picker: Mutex::default(),
            in_flight: Arc::default(),
            n_replies: AtomicU64::new(0),
            n_polls: AtomicU64::new(0),
        }
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn picker(&self) -> MutexGuard<'_, Picker> {
        self.picker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The poll of the script that is due, if the script has polls.
    fn poll(&self) -> Option<&Poll> {
        let mut n = self.n_polls.fetch_add(1, Ordering::AcqRel);
        let polls = &self.scenario.quota.polls;
        polls
            .iter()
            .find(|poll| {
                let is_due = n < u64::from(poll.times);
                n = n.saturating_sub(u64::from(poll.times));
                is_due
            })
            .or(polls.last())
    }
}

/// A request, read.
struct Incoming {
    n: u64,
    at: Timestamp,
    method: Method,
    path: String,
    query: Option<String>,
    key: Key,
    body: Value,
    link: Link,
}

/// Answers any request.
pub(super) async fn answer(
    State(service): State<Arc<Service>>,
    ConnectInfo(link): ConnectInfo<Link>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    if path == "/__sim/log" {
        let log = json!({"count": service.log.count(), "requests": service.log.requests()});
        return send(Refusal::json(200, &log));
    }
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let at = (service.clock)();
    let body = read(&bytes);
    let query = parts.uri.query().map(str::to_owned);
    let n = service.log.begin(
        Received {
            n: 0,
            at,
            method: parts.method.to_string(),
            path: path.clone(),
            query: query.clone(),
            headers: shown(&parts.headers),
            body: body.clone(),
            status: None,
            ended: None,
        },
        bytes.len(),
    );
    let key = keys::check(parts.headers.get(header::AUTHORIZATION), &service.scenario);
    let incoming = Incoming { n, at, method: parts.method, path, query, key, body, link };
    let mut unanswered = Unanswered { log: service.log.clone(), n: Some(n) };
    let response = route(&service, incoming).await;
    unanswered.n = None;
    service.log.status(n, response.status().as_u16());
    response
}

/// Notes a client that leaves before there is an answer: its handler is dropped.
struct Unanswered {
    log: Log,
    n: Option<u64>,
}

impl Drop for Unanswered {
    fn drop(&mut self) {
        if let Some(n) = self.n {
            self.log.end(n, Ended::Left);
        }
    }
}

async fn route(service: &Arc<Service>, incoming: Incoming) -> Response {
    let is = |method: Method, tail: &str| incoming.method == method && incoming.path.ends_with(tail);
    if is(Method::POST, "/chat/completions") {
        return chat(service, incoming).await;
    }
    let n = incoming.n;
    let refusal = if is(Method::GET, "/models") {
        models(service, &incoming)
    } else if is(Method::GET, "/api/monitor/usage/quota/limit") {
        quota(service, &incoming).await
    } else if is(Method::GET, "/api/monitor/usage/model-usage") {
        usage(service, &incoming)
    } else {
        Refusal::json(404, &json!({"status": 404, "error": "Not Found", "path": incoming.path}))
    };
    service.log.end(n, Ended::Complete);
    send(refusal)
}

async fn chat(service: &Arc<Service>, incoming: Incoming) -> Response {
    let Incoming { n, at, ref body, ref link, .. } = incoming;
    let refuse = |refusal: Refusal| {
        service.log.end(n, Ended::Complete);
        send(refusal)
    };
    let resets_at = service.account().resets_at(at);
    if let Some(code) = incoming.key.chat_code() {
        return refuse(Refusal::of(code, resets_at));
    }
    if !service.scenario.unchecked
        && let Err(bad) = ask::check(body)
    {
        return refuse(Refusal::with(bad.code, &bad.message));
    }
    let ask = Ask::read(body);
    if service.scenario.models.strict && !service.scenario.models.ids.contains(&ask.model) {
        return refuse(Refusal::of("1211", resets_at));
    }
    let Some(place) = Place::take(&service.in_flight, service.scenario.concurrency) else {
        return refuse(Refusal::of("1302", resets_at));
    };
    let full = service.account().used_up(at);
    if let Some((code, resets_at)) = full {
        return refuse(Refusal::of(code, resets_at));
    }
    let picked = service.picker().pick(&service.scenario, &ask);
    let Some(reply) = picked else {
        return refuse(Refusal::with("1230", "The scenario has no reply for this request."));
    };
    if let Some(broken) = before(&reply.fault, link).await {
        service.log.end(n, Ended::Broken);
        return broken;
    }
    if let Some(spec) = &reply.refuse {
        return refuse(Refusal::scripted(spec, at, resets_at));
    }
    speak(service, incoming, (ask, reply, place))
}

/// What goes wrong before an answer; the response is then only a carrier.
async fn before(fault: &Fault, link: &Link) -> Option<Response> {
    if fault.headers_ms > 0 {
        tokio::time::sleep(Duration::from_millis(fault.headers_ms)).await;
    }
    match fault.before {
        Some(Before::Hang) => pending().await,
        Some(Before::Drop) => link.close(),
        Some(Before::Reset) => link.reset(),
        None => link.replace(Bytes::from(fault.raw_http.clone()?)),
    }
    let mut response = Response::new(Body::empty());
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    Some(response)
}

fn speak(service: &Arc<Service>, incoming: Incoming, (ask, reply, slot): (Ask, Reply, Place)) -> Response {
    let context = service.scenario.context;
    let prompt = ask.tokens + context.base;
    let known = std::mem::replace(&mut service.picker().known_prompt, prompt);
    let pace = reply.pace.unwrap_or(service.scenario.pace);
    let setting = Setting {
        n: service.n_replies.fetch_add(1, Ordering::AcqRel) + 1,
        at: incoming.at,
        prompt,
        cached: (known.min(prompt) as f64 * context.cached_share.clamp(0.0, 1.0)) as u64,
        pace,
        obey_effort: service.scenario.obey_effort,
    };
    let (fault, frame) = (reply.fault.clone(), reply.frame.clone());
    let script = Script::new(reply, &ask, setting);
    let charger = {
        let service = Arc::clone(service);
        move |model: &str, tokens| {
            let now = (service.clock)();
            service.account().charge(now, model, tokens);
        }
    };
    let bill = Bill::new(Box::new(charger), (script.model(), script.tokens()), (&service.log, incoming.n), slot);
    if !ask.stream || frame.as_json {
        let mut response = Response::new(body::whole(script.whole().to_string(), bill));
        content_type(&mut response, "application/json; charset=UTF-8");
        return response;
    }
    let encoding = frame.encoding;
    let play = Play { pace, fault, encoding, link: incoming.link, bill };
    let mut response = Response::new(body::streamed(script.steps(), play));
    content_type(&mut response, "text/event-stream;charset=UTF-8");
    if matches!(encoding, Encoding::Gzip | Encoding::FalseGzip) {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn models(service: &Service, incoming: &Incoming) -> Refusal {
    if let Some(code) = incoming.key.chat_code() {
        return Refusal::of(code, incoming.at);
    }
    let models = &service.scenario.models;
    if let Some(status) = models.status {
        return Refusal::json(status, &json!({"error": {"code": status.to_string(), "message": "Not Found"}}));
    }
    let data: Vec<Value> = models
        .ids
        .iter()
        // The day of the plan's change to credits; no list was recorded, the form is OpenAI's.
        .map(|id| json!({"id": id, "object": "model", "created": 1_785_369_600, "owned_by": "z-ai"}))
        .collect();
    Refusal::json(200, &json!({"object": "list", "data": data}))
}

async fn quota(service: &Service, incoming: &Incoming) -> Refusal {
    let poll = service.poll();
    if let Some(poll) = poll {
        if poll.hang {
            pending::<()>().await;
        }
        if let Some(text) = &poll.body {
            let mut refusal = Refusal::json(poll.status.unwrap_or(200), &Value::Null);
            refusal.body.clone_from(text);
            return refusal;
        }
        if let Some(status) = poll.status {
            return Refusal::json(status, &json!({"status": status, "error": "simulated"}));
        }
        if let Some(error) = poll.error {
            return Refusal::json(200, &monitor::refusal(error));
        }
    }
    if let Some(error) = incoming.key.quota_error(service.scenario.quota.auth) {
        return Refusal::json(200, &monitor::refusal(error));
    }
    Refusal::json(200, &monitor::quota(&mut service.account(), poll, incoming.at))
}

fn usage(service: &Service, incoming: &Incoming) -> Refusal {
    if let Some(error) = incoming.key.quota_error(service.scenario.quota.auth) {
        return Refusal::json(200, &monitor::refusal(error));
    }
    let time = |name: &str| {
        let query = incoming.query.as_deref().unwrap_or_default();
        let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
        zone::parse(&decoded(value))
    };
    match (time("startTime"), time("endTime")) {
        (Some(from), Some(until)) if from <= until => {
            Refusal::json(200, &monitor::usage(&service.account(), from, until, incoming.at))
        }
        _ => Refusal::json(200, &json!({"code": 500, "msg": "startTime or endTime is wrong", "success": false})),
    }
}
