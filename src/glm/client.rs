//! The service as the agent sees it: a chat, the models, the quota. Owns which request goes where with which
//! key; refuses to retry (that is decided above, see `retry`).

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use reqwest::{Method, RequestBuilder, header};
use serde_json::Value;

use super::{
    assemble::{Expect, Markers},
    body,
    endpoint::{self, Address, Target},
    envelope,
    error::{Error, ErrorKind},
    failure,
    http::{self, Call, Http},
    offer::Offer,
    quota_api,
    reader::Broken,
    repairs::Repairs,
    request::Request,
    stream::{self, Stream},
};
use crate::{
    chat::ModelId,
    config::{Endpoint, Limits, Secret},
    quota::{ModelSeries, Snapshot, Timestamp},
};

/// How long the model list and the quota may take.
const SIDE_CALL: Duration = Duration::from_secs(15);

/// The most bytes of a model list or a quota answer.
const SIDE_BODY: usize = 4 << 20;

/// A connection to one endpoint. Cheap to make and to clone; clones share the pool.
#[derive(Clone, Debug)]
pub struct Client {
    shared: Arc<Shared>,
    clock: Option<fn() -> Timestamp>,
    repairs: Repairs,
}

#[derive(Debug)]
struct Shared {
    target: Result<Target, Error>,
    key: Option<Secret>,
    limits: Limits,
    http: Http,
    /// The monitor API refused the raw key and took it as a bearer.
    quota_wants_bearer: AtomicBool,
}

impl Client {
    /// A client of `endpoint`. Nothing is loaded or sent before the first call; an address that must not be
    /// used is said by that call.
    #[must_use]
    pub fn new(endpoint: &Endpoint, limits: &Limits) -> Self {
        let shared = Shared {
            target: endpoint::resolve(endpoint),
            key: endpoint.key.clone(),
            limits: *limits,
            http: Http::default(),
            quota_wants_bearer: AtomicBool::new(false),
        };
        Self { shared: Arc::new(shared), clock: None, repairs: Repairs::default() }
    }

    /// Reads `Retry-After` dates by this clock when a server does not tell its own time.
    #[must_use]
    pub fn with_clock(self, clock: fn() -> Timestamp) -> Self {
        Self { clock: Some(clock), ..self }
    }

    /// Asks the model. Returns when the headers are there and say success.
    ///
    /// # Errors
    /// The address is refused, the transport failed, or the service says no.
    pub async fn chat(&self, request: &Request<'_>) -> Result<Stream, Error> {
        let address = &self.target()?.chat;
        let call = self.call(address);
        let body = body::encode(request)
            .map_err(|why| Error::new(ErrorKind::Refused, &call.host, format!("the request is no JSON: {why}")))?;
        let builder = self
            .request(Method::POST, address, "/chat/completions")
            .await?
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "text/event-stream")
            .body(body);
        let builder = with_key(builder, "Bearer ", &call)?;
        let response = http::send(builder, &call).await?;
        let markers = if request.model.vision { Markers::Remove } else { Markers::Keep };
        let expect = Expect { markers, offer: Offer::new(request.tools) };
        Ok(Stream::new(response, expect, call, self.repairs.clone()))
    }

    /// What of the replies had to be repaired so far.
    #[must_use]
    pub fn repairs(&self) -> &Repairs {
        &self.repairs
    }

    /// The models that the endpoint lists. It is no list of what the plan allows (docs/ZAI.md §4).
    ///
    /// # Errors
    /// As [`Client::chat`]; also when the answer is no list of models.
    pub async fn models(&self) -> Result<Vec<ModelId>, Error> {
        let address = &self.target()?.chat;
        let call = self.call(address);
        let builder = self.request(Method::GET, address, "/models").await?.timeout(SIDE_CALL);
        let answer = json(with_key(builder, "Bearer ", &call)?, &call).await?;
        let list = ["data", "models"].iter().find_map(|key| answer[*key].as_array()).or_else(|| answer.as_array());
        let list = list.ok_or_else(|| not_an_answer(&answer.to_string(), &call))?;
        let id = |entry: &Value| entry.as_str().or_else(|| entry["id"].as_str()).map(ModelId::from);
        Ok(list.iter().filter_map(id).collect())
    }

    /// What is used of the plan's windows; `now` dates the snapshot.
    ///
    /// # Errors
    /// As [`Client::chat`]; also when the address has no quota or the key no plan.
    pub async fn quota(&self, now: Timestamp) -> Result<Snapshot, Error> {
        let answer = self.monitor("/api/monitor/usage/quota/limit", &[]).await?;
        quota_api::snapshot(&answer, now).ok_or_else(|| self.no_quota(&answer))
    }

    /// Tokens by model and day of the last seven days in UTC+8, and the last of these days (`yyyy-mm-dd`).
    ///
    /// # Errors
    /// As [`Client::quota`].
    pub async fn model_usage(&self, now: Timestamp) -> Result<(Vec<ModelSeries>, String), Error> {
        let days = quota_api::last_days(now);
        let query = [("startTime", days.start()), ("endTime", days.end())];
        let answer = self.monitor("/api/monitor/usage/model-usage", &query).await?;
        let series = quota_api::model_usage(&answer, &days).ok_or_else(|| self.no_quota(&answer))?;
        Ok((series, days.last().to_owned()))
    }

    /// Asks the monitor API: with the raw key as Z.ai's own plugin does, once as a bearer if that is refused.
    async fn monitor(&self, path: &str, query: &[(&str, String)]) -> Result<Value, Error> {
        let address = self.target()?.quota.as_ref();
        let address = address.ok_or_else(|| Error::new(ErrorKind::Refused, "", "this address has no quota"))?;
        let call = self.call(address);
        let as_bearer = self.shared.quota_wants_bearer.load(Ordering::Relaxed);
        let first = self.ask_monitor(address, (path, query), as_bearer).await;
        let Err(refused) = first else { return first };
        if !refused.is_bad_key() || call.key.is_none() {
            return Err(refused);
        }
        let second = self.ask_monitor(address, (path, query), !as_bearer).await;
        if second.is_ok() {
            self.shared.quota_wants_bearer.store(!as_bearer, Ordering::Relaxed);
        }
        second
    }

    async fn ask_monitor(
        &self,
        address: &Address,
        (path, query): (&str, &[(&str, String)]),
        as_bearer: bool,
    ) -> Result<Value, Error> {
        let call = self.call(address);
        let mut url = address.join(path);
        for (name, value) in query {
            url.query_pairs_mut().append_pair(name, value);
        }
        let builder = self
            .pool(address)
            .await?
            .get(url)
            .header(header::ACCEPT_LANGUAGE, "en-US,en")
            .header(header::CONTENT_TYPE, "application/json")
            .timeout(SIDE_CALL);
        json(with_key(builder, if as_bearer { "Bearer " } else { "" }, &call)?, &call).await
    }

    fn no_quota(&self, answer: &Value) -> Error {
        let host = self.shared.target.as_ref().ok().and_then(|target| target.quota.as_ref()).map(Address::host);
        not_an_answer(&answer.to_string(), &Call { host: host.unwrap_or_default(), ..self.call_to(String::new()) })
    }

    fn target(&self) -> Result<&Target, Error> {
        self.shared.target.as_ref().map_err(Clone::clone)
    }

    fn call(&self, address: &Address) -> Call {
        self.call_to(address.host())
    }

    fn call_to(&self, host: String) -> Call {
        Call { host, key: self.shared.key.clone(), clock: self.clock, connect: self.shared.limits.connect }
    }

    async fn pool(&self, address: &Address) -> Result<&reqwest::Client, Error> {
        self.shared.http.pool(address, &self.shared.limits).await
    }

    async fn request(&self, method: Method, address: &Address, path: &str) -> Result<RequestBuilder, Error> {
        Ok(self.pool(address).await?.request(method, address.join(path)))
    }
}

fn with_key(builder: RequestBuilder, scheme: &str, call: &Call) -> Result<RequestBuilder, Error> {
    Ok(match http::authorization(scheme, call)? {
        Some(value) => builder.header(header::AUTHORIZATION, value),
        None => builder,
    })
}

/// The JSON of a short answer; an error envelope with HTTP 200 is an error.
async fn json(builder: RequestBuilder, call: &Call) -> Result<Value, Error> {
    let response = http::send(builder, call).await?;
    let status = response.status().as_u16();
    let body = http::whole(response, SIDE_BODY, call).await?;
    let Ok(value) = serde_json::from_slice::<Value>(&body) else {
        return Err(not_an_answer(&String::from_utf8_lossy(&body), call));
    };
    match envelope::refusal(&value) {
        Some(refusal) => Err(stream::broken_error(Broken::Refused(refusal), status, call)),
        None => Ok(value),
    }
}

fn not_an_answer(body: &str, call: &Call) -> Error {
    Error::new(ErrorKind::NotAnAnswer, &call.host, failure::brief(body, call.key.as_ref()))
}
