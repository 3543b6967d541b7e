//! `usage`, `models`, `auth status`, `logout`: what the account says, as text or JSON.

use serde::Serialize;

use super::{
    exit::{Exit, complain, print},
    start::{Start, client, now},
};
use crate::{
    agent::Settings,
    chat::{Event, Problem, ProblemKind},
    config::Endpoint,
    glm::{Context, Error},
    quota::{Board, Glyphs, Report, TimeZone},
};

/// The endpoint with its key.
///
/// # Errors
/// When there is none: says how to get one.
pub(super) fn endpoint(start: &Start) -> Result<&Endpoint, Problem> {
    start.loaded.config.endpoint.as_ref().ok_or_else(|| no_key(start))
}

/// The problem of a run without a key.
#[must_use]
pub(super) fn no_key(start: &Start) -> Problem {
    // A refused address ends the reading of settings before a key is looked for.
    if start.loaded.key.looked_in.is_empty()
        && let Some(refused) = start.problems.last()
    {
        return refused.clone();
    }
    let looked = start.loaded.key.looked_in.join(", ");
    Problem::new(ProblemKind::Auth, format!("no Z.ai key found (looked in: {looked})"))
        .hint_with("enter one", "glm-tui login")
        .hint_with("or look around without a key", "glm-tui --demo")
}

/// What a failed question means, in words.
#[must_use]
pub(super) fn in_words(start: &Start, endpoint: &Endpoint, error: &Error) -> Problem {
    error.problem(&Context {
        model: &start.loaded.config.model,
        preset: endpoint.preset,
        now: now(),
        zone: TimeZone::system(),
        proxy_configured: proxied(start),
    })
}

/// A proxy is set in the environment.
#[must_use]
pub(super) fn proxied(start: &Start) -> bool {
    ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"]
        .iter()
        .any(|name| start.env.var(name).is_some_and(|v| !v.is_empty()))
}

/// `glm-tui usage`.
pub(super) async fn usage(start: &Start, json: bool) -> Exit {
    let endpoint = match endpoint(start) {
        Ok(endpoint) => endpoint,
        Err(problem) => return fail(&problem),
    };
    if endpoint.quota_url.is_none() {
        return fail(
            &Problem::new(
                ProblemKind::User,
                "this address has no plan windows to show (pay as you go, or a custom server)",
            )
            .hint_with("use a Coding Plan key", "glm-tui login"),
        );
    }
    let client = client(endpoint, &start.loaded.config.limits);
    let snapshot = match client.quota(now()).await {
        Ok(snapshot) => snapshot,
        Err(error) => return fail(&in_words(start, endpoint, &error)),
    };
    let mut board = Board { peak: start.loaded.config.catalogue.peak.clone(), demo: endpoint.demo, ..Board::default() };
    board.absorb(snapshot, now());
    board.by_model = client.model_usage(now()).await.ok();
    if json {
        let text = serde_json::to_string_pretty(&Report::of(&board, now())).unwrap_or_default();
        print(&format!("{text}\n"));
    } else {
        let text = board.report(now(), &TimeZone::system(), Glyphs::Blocks);
        print(&format!("{}\n", text.trim_end()));
    }
    Exit::Ok
}

#[derive(Serialize)]
struct ModelLine {
    id: String,
    context: Option<u64>,
    efforts: Vec<&'static str>,
    vision: bool,
    credits_per_10k_input: Option<f64>,
    in_ring: bool,
}

/// `glm-tui models`: the catalogue, the config and what the address lists, united.
pub(super) async fn models(start: &Start, json: bool) -> Exit {
    let config = &start.loaded.config;
    let mut settings = Settings::new(config, TimeZone::system(), false);
    if let Some(endpoint) = &config.endpoint {
        match client(endpoint, &config.limits).models().await {
            Ok(ids) => settings.catalogue.unite(&ids),
            Err(error) => complain(&in_words(start, endpoint, &error)),
        }
    }
    let Event::Models(cards) = settings.models_event() else { return Exit::Failure };
    let lines: Vec<ModelLine> = cards
        .into_iter()
        .map(|card| ModelLine {
            in_ring: config.ring.contains(&card.id),
            id: card.id.to_string(),
            context: card.context,
            efforts: card.efforts.iter().map(|e| e.as_str()).collect(),
            vision: card.vision,
            credits_per_10k_input: card.price,
        })
        .collect();
    if json {
        print(&format!("{}\n", serde_json::to_string_pretty(&lines).unwrap_or_default()));
    } else {
        print(&models_text(&lines));
    }
    Exit::Ok
}

fn models_text(lines: &[ModelLine]) -> String {
    let mut text =
        format!("{:<22} {:>9}  {:<14} {:<6} {:>10}  ring\n", "model", "context", "effort", "images", "credits*");
    for line in lines {
        let context = line.context.map_or_else(|| "?".into(), |c| format!("{}k", c / 1000));
        let price = line.credits_per_10k_input.map_or_else(|| "?".into(), |p| format!("{p:.1}"));
        let vision = if line.vision { "yes" } else { "" };
        let ring = if line.in_ring { "F2" } else { "" };
        let efforts = line.efforts.join(" ");
        text.push_str(
            format!("{:<22} {context:>9}  {efforts:<14} {vision:<6} {price:>10}  {ring}", line.id).trim_end(),
        );
        text.push('\n');
    }
    text.push_str("* per 10,000 fresh input tokens at the peak rate; any other id can be typed\n");
    text
}

/// `glm-tui auth status`.
pub(super) fn auth_status(start: &Start) -> Exit {
    let loaded = &start.loaded;
    let (Some(endpoint), Some(found)) = (&loaded.config.endpoint, &loaded.key.found) else {
        return fail(&no_key(start));
    };
    print(&format!(
        "key       {} from {}\naddress   {}\nendpoint  {}\nquota     {}\n",
        found.key.hint(),
        found.source,
        endpoint.base_url,
        endpoint.preset.word(),
        endpoint.quota_url.as_deref().unwrap_or("off"),
    ));
    Exit::Ok
}

/// `glm-tui logout`: forgets the kept keys; a variable of the environment is the user's to unset.
pub(super) fn logout(start: &Start) -> Exit {
    let mut credentials = start.loaded.credentials.clone();
    let presets: Vec<_> = credentials.stored().map(|(preset, _)| preset).collect();
    let n: usize = presets.into_iter().map(|preset| credentials.remove(preset)).sum();
    if n == 0 {
        print("no key was kept\n");
    } else if let Err(problem) = credentials.write(&start.loaded.paths) {
        return fail(&problem);
    } else {
        print(&format!("forgot {n} kept key{}\n", if n == 1 { "" } else { "s" }));
    }
    if let Some(found) = start.loaded.key.found.as_ref().filter(|f| f.source != "credentials file") {
        print(&format!("a key is still set in {}\n", found.source));
    }
    Exit::Ok
}

/// Says the problem and gives its exit.
pub(super) fn fail(problem: &Problem) -> Exit {
    complain(problem);
    Exit::of(problem)
}
