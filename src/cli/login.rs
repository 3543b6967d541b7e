//! Tests a key, row by row, and keeps it: what the key dialog and `login --key-stdin` wish for.

use std::{future::Future, time::Duration};

use super::{
    account::{fail, proxied},
    exit::{Exit, print},
    start::{Start, client, now},
};
use crate::{
    app::welcome::{CHECK_WITHIN, Check, CheckState, News, TestEnd, host},
    chat::{Message, ModelId, Problem, ProblemKind, Role},
    config::{self, Config, Endpoint, Preset, Region, Secret, Wanted, clean_key},
    glm::{Client, Context, Delta, Error, Request},
    quota::{Reading, TimeZone},
};

/// How long the model may take to say a word: it thinks first.
const MODEL_WITHIN: Duration = Duration::from_secs(60);

/// A test of one key against one address.
pub(super) struct KeyTest<'a> {
    /// The settings: limits, ring, catalogue.
    pub(super) config: &'a Config,
    /// A proxy is set, for the words of errors.
    pub(super) proxied: bool,
    /// Takes each news.
    pub(super) tell: &'a (dyn Fn(News) + Send + Sync),
}

impl KeyTest<'_> {
    /// Runs the rows in order; the free quota question first: it proves the key and names the plan.
    /// `skip` ends the last row, which costs a few credits, without a verdict.
    pub(super) async fn run(&self, preset: Preset, key: Secret, skip: impl Future<Output = ()>) {
        let end = match self.rows(preset, key, skip).await {
            Ok(model) => News::End(TestEnd::Good, model),
            Err(end) => News::End(end, None),
        };
        (self.tell)(end);
    }

    async fn rows(
        &self,
        preset: Preset,
        key: Secret,
        skip: impl Future<Output = ()>,
    ) -> Result<Option<ModelId>, TestEnd> {
        self.row("the key has the right shape", CheckState::Good(String::new()));
        let mut endpoint = Wanted::preset(preset).resolve().map_err(TestEnd::Bad)?;
        endpoint.key = Some(key);
        let client = client(&endpoint, &self.config.limits);
        if endpoint.quota_url.is_some() {
            self.plan(&client, &endpoint).await?;
        } else {
            self.listed(&client, &endpoint).await?;
        }
        self.first_model(&client, &endpoint, skip).await
    }

    async fn plan(&self, client: &Client, endpoint: &Endpoint) -> Result<(), TestEnd> {
        let what = format!("{} knows the key", host(endpoint.preset));
        self.row(&what, CheckState::Running);
        let asked_at = now();
        let snapshot = self.bounded(&what, endpoint, CHECK_WITHIN, client.quota(asked_at)).await?;
        let took = now().duration_since(asked_at).as_millis();
        let plan = snapshot.plan.as_deref().unwrap_or("unnamed");
        self.row(&what, CheckState::Good(format!("plan: {plan} · {took} ms")));
        let mut board = crate::quota::Board::default();
        board.absorb(snapshot, now());
        self.row("the windows", CheckState::Good(windows(&board.read(now()))));
        Ok(())
    }

    async fn listed(&self, client: &Client, endpoint: &Endpoint) -> Result<(), TestEnd> {
        let what = format!("{} knows the key", host(endpoint.preset));
        self.row(&what, CheckState::Running);
        let ids = self.bounded(&what, endpoint, CHECK_WITHIN, client.models()).await?;
        self.row(&what, CheckState::Good(format!("{} models listed", ids.len())));
        Ok(())
    }

    /// Asks the configured model for a word, then the rest of the ring until one answers.
    async fn first_model(
        &self,
        client: &Client,
        endpoint: &Endpoint,
        skip: impl Future<Output = ()>,
    ) -> Result<Option<ModelId>, TestEnd> {
        tokio::pin!(skip);
        let mut failed = None;
        let others = self.config.ring.iter().filter(|id| **id != self.config.model);
        for model in std::iter::once(&self.config.model).chain(others) {
            let cost =
                if endpoint.preset.is_metered() { "billed, a fraction of a cent" } else { "costs a few credits" };
            let what = format!("{model} answers ({cost})");
            self.row(&what, CheckState::Running);
            let answer = tokio::select! {
                answer = self.bounded(&what, endpoint, MODEL_WITHIN, one_word(client, self.config, model)) => answer,
                () = &mut skip => {
                    self.row(&what, CheckState::Skipped);
                    return Ok(Some(self.config.model.clone()));
                }
            };
            match answer {
                Ok(()) => {
                    self.row(&what, CheckState::Good(String::new()));
                    return Ok(Some(model.clone()));
                }
                Err(end @ TestEnd::Bad(_)) => failed = Some(end),
                Err(end) => return Err(end),
            }
        }
        failed.map_or(Ok(None), Err)
    }

    async fn bounded<T>(
        &self,
        what: &str,
        endpoint: &Endpoint,
        within: Duration,
        question: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, TestEnd> {
        let error = match tokio::time::timeout(within, question).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => error,
            Err(_) => {
                self.row(what, CheckState::Bad("no answer".into()));
                let problem = Problem::new(
                    ProblemKind::Network,
                    format!("{} did not answer within {} s", host(endpoint.preset), within.as_secs()),
                );
                return Err(TestEnd::Bad(problem.hint("check the network and the proxy")));
            }
        };
        let problem = error.problem(&Context {
            model: &self.config.model,
            preset: endpoint.preset,
            now: now(),
            zone: TimeZone::system(),
            proxy_configured: self.proxied,
        });
        self.row(what, CheckState::Bad(error.code.clone().unwrap_or_default()));
        let other = if error.is_bad_key() { endpoint.preset.region().map(opposite) } else { None };
        Err(other.map_or(TestEnd::Bad(problem), TestEnd::OtherRegion))
    }

    fn row(&self, what: &str, state: CheckState) {
        (self.tell)(News::Check(Check { what: what.to_owned(), state }));
    }
}

fn opposite(region: Region) -> Region {
    match region {
        Region::International => Region::China,
        Region::China => Region::International,
    }
}

fn windows(reading: &Reading) -> String {
    let of = |name: &str, window: Option<&crate::quota::WindowReading>| {
        window.and_then(|w| w.percent).map_or_else(|| format!("{name}: none"), |p| format!("{name}: {p:.0} % used"))
    };
    format!("{} · {}", of("5 hours", reading.five_hour()), of("week", reading.week()))
}

/// Asks for one short answer and reads until its first piece.
async fn one_word(client: &Client, config: &Config, model: &ModelId) -> Result<(), Error> {
    let spec = config.catalogue.spec(model);
    let messages = [Message::text(Role::User, "Say OK.")];
    let request = Request {
        model: &spec,
        tools: &[],
        messages: &messages,
        thinking: false,
        effort: spec.efforts.first().copied(),
        max_output: Some(16),
        omit: &config.omit_fields,
    };
    let mut stream = client.chat(&request).await?;
    let mut deltas: Vec<Delta> = Vec::new();
    while deltas.is_empty() {
        if !stream.next(&mut deltas).await? {
            break;
        }
    }
    Ok(())
}

/// Keeps a key, and its address as the one to use.
///
/// # Errors
/// When the credentials or the config file cannot be written.
pub(super) fn keep(start: &Start, preset: Preset, key: &Secret) -> Result<(), Problem> {
    let (paths, problems) = start.loaded.paths.clone().prepare();
    if let Some(problem) = problems.into_iter().next() {
        return Err(problem);
    }
    let endpoint = Wanted::preset(preset).resolve()?;
    let mut credentials = start.loaded.credentials.clone();
    credentials.set(preset, &endpoint.origin(), key.clone());
    credentials.write(&paths)?;
    // The choice of the address is the user's: a later run must not guess another from the environment.
    config::save_setting(&paths, "endpoint", &config::Value::Text(preset.word().to_owned()))
}

/// `glm-tui login --key-stdin`: tests the key of standard input and keeps it.
pub(super) async fn from_stdin(start: &Start, preset: Preset) -> Exit {
    let mut text = String::new();
    if std::io::Read::read_to_string(&mut std::io::Read::take(std::io::stdin().lock(), 4096), &mut text).is_err() {
        return Exit::Input;
    }
    let key = match clean_key(&text) {
        Ok(key) => key,
        Err(why) => return fail(&Problem::new(ProblemKind::Auth, format!("the key {why}")).hint("paste it whole")),
    };
    let tell = |news: News| match news {
        News::Check(Check { what, state: CheckState::Good(more) }) => print(&format!("✓ {what}  {more}\n")),
        News::Check(Check { what, state: CheckState::Bad(more) }) => print(&format!("✗ {what}  {more}\n")),
        News::End(TestEnd::Bad(problem), _) => super::exit::complain(&problem),
        _ => {}
    };
    let trial = KeyTest { config: &start.loaded.config, proxied: proxied(start), tell: &tell };
    match trial.rows(preset, key.clone(), std::future::pending()).await {
        Ok(_) => match keep(start, preset, &key) {
            Ok(()) => {
                print("kept\n");
                Exit::Ok
            }
            Err(problem) => fail(&problem),
        },
        Err(TestEnd::OtherRegion(region)) => {
            let other = if region == Region::China { "coding-cn" } else { "coding-intl" };
            fail(
                &Problem::new(ProblemKind::Auth, format!("{} does not know this key", host(preset)))
                    .hint(format!("if it belongs to the other region: --endpoint {other}")),
            )
        }
        Err(TestEnd::Bad(problem)) => fail(&problem),
        Err(TestEnd::Good) => Exit::Ok,
    }
}
