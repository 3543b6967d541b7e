//! Event streams to deltas at every split point, requests to bytes, errors to words, the client against a
//! raw socket. Recordings of the real service are used when the folder with them is there.

mod arguments;
mod body;
mod client;
mod errors;
mod events;
mod mock;
mod quota;
mod recordings;
mod shapes;

pub(crate) use events::events;

use std::path::PathBuf;

use glm_tui::{
    chat::{Effort, ModelId},
    config::{Endpoint, Limits, ModelSpec, Preset, Secret, ThinkingControl},
    glm::Client,
};

/// The folder of recordings; `None` (said aloud) where it is missing.
fn recordings() -> Option<PathBuf> {
    let found = ["/../shared/data", "/../../shared/data"]
        .iter()
        .map(|up| PathBuf::from(format!("{}{up}", env!("CARGO_MANIFEST_DIR"))))
        .find(|folder| folder.is_dir());
    if found.is_none() {
        println!("skipped: the recordings are not here");
    }
    found
}

/// The files below `folder` that end in `suffix`, by name.
fn files(folder: &str, suffix: &str) -> Vec<(String, Vec<u8>)> {
    let Some(root) = recordings() else { return Vec::new() };
    let mut all: Vec<_> = std::fs::read_dir(root.join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_str().unwrap().ends_with(suffix))
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap()))
        .collect();
    all.sort();
    assert!(!all.is_empty(), "no {suffix} in {folder}");
    all
}

const KEY: &str = "0123456789abcdef.SecretSecret";

fn endpoint(base: &str) -> Endpoint {
    Endpoint {
        preset: Preset::CodingIntl,
        base_url: format!("{base}/api/coding/paas/v4"),
        quota_url: Some(base.to_owned()),
        key: Some(Secret::new(KEY.into())),
        demo: false,
    }
}

fn client(base: &str) -> Client {
    Client::new(&endpoint(base), &Limits::default())
}

fn spec(id: &str, thinking: ThinkingControl, efforts: &[Effort]) -> ModelSpec {
    ModelSpec {
        id: ModelId::from(id),
        context: Some(200_000),
        max_output: Some(131_072),
        thinking,
        efforts: efforts.to_vec(),
        vision: false,
        factors: None,
        price: None,
        served_by: None,
    }
}
