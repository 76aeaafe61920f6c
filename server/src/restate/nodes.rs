//! What is asked of Restate: to have a run driven, and to know where we are. Any of its nodes will do.

use super::runs;
use serde_json::{Value, json};
use std::{
    fmt,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use toolcrib::{
    config,
    ids::{OrganizationId, RunId},
};

const CONNECT: Duration = Duration::from_secs(2);
const ANSWER: Duration = Duration::from_secs(5);
/// It asks us back what we offer.
const REGISTER: Duration = Duration::from_secs(30);

/// Why Restate did not take a run.
#[derive(Debug)]
pub(super) enum NotSent {
    /// It does not know our service.
    Unknown,
    Refused(String),
}

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("Restate does not know this server yet"),
            Self::Refused(why) => f.write_str(why),
        }
    }
}

pub(super) struct Nodes {
    http: reqwest::Client,
    ingress: Vec<String>,
    admin: Vec<String>,
    /// Which node answered last.
    good: AtomicUsize,
}

impl Nodes {
    pub fn new(config: &config::Restate) -> Result<Self, String> {
        let http = toolcrib::executors::egress::beside(CONNECT)
            .map_err(|error| format!("the connections to Restate could not be prepared: {error}"))?;
        Ok(Self { http, ingress: config.ingress.clone(), admin: config.admin.clone(), good: AtomicUsize::new(0) })
    }

    /// Has the run driven. Sent twice it is driven twice, the second time with nothing left to do.
    pub async fn send(&self, run: RunId, organization: OrganizationId) -> Result<(), NotSent> {
        let path = format!("/{}/{run}/{}/send", runs::SERVICE, runs::HANDLER);
        let body = runs::Handed { organization_id: organization };
        let first = self.good.load(Ordering::Relaxed);
        let mut why = NotSent::Unknown;
        for place in (0..self.ingress.len()).map(|step| (first + step) % self.ingress.len()) {
            let node = &self.ingress[place];
            match self.http.post(format!("{node}{path}")).timeout(ANSWER).json(&body).send().await {
                Ok(answer) if answer.status().is_success() => {
                    self.good.store(place, Ordering::Relaxed);
                    return Ok(());
                }
                Ok(answer) if answer.status() == http::StatusCode::NOT_FOUND => why = NotSent::Unknown,
                Ok(answer) => why = NotSent::Refused(format!("{node} answers {}", answer.status())),
                Err(error) => why = NotSent::Refused(format!("{node} does not answer: {}", cause(&error))),
            }
        }
        Err(why)
    }

    /// Says at which address we are. Saying it again changes nothing, or brings what is new.
    pub async fn register(&self, endpoint: &str) -> Result<(), String> {
        let mut why = String::new();
        for node in &self.admin {
            let asked = self.http.post(format!("{node}/deployments")).timeout(REGISTER).json(&json!({"uri": endpoint, "force": true}));
            match asked.send().await {
                Ok(answer) if answer.status().is_success() => return Ok(()),
                Ok(answer) => {
                    let status = answer.status();
                    let said = answer.json::<Value>().await.ok().and_then(|body| body["message"].as_str().map(str::to_owned));
                    why = format!("{node} answers {status}: {}", said.unwrap_or_default());
                }
                Err(error) => why = format!("{node} does not answer: {}", cause(&error)),
            }
        }
        Err(why)
    }
}

/// The innermost reason, without the address again.
fn cause(error: &reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
