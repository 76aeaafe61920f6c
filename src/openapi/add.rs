//! A document is added: pasted, or fetched from where it lies.

use super::{DOCUMENT_BYTES, NewOpenapiDocument, OpenapiDocumentDetail, get, read, store};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    error::{Error, Result},
    executors::egress,
    ids::OpenapiDocumentId,
    openapi::read::Document,
    problem::FieldError,
    system::System,
    tools::kinds::api_request::check_base_url,
};
use futures_util::StreamExt;
use serde_json::json;
use std::time::Duration;
use url::Url;

/// Adds the document; makes no tool yet.
pub async fn add(system: &System, actor: &Actor, new: NewOpenapiDocument) -> Result<OpenapiDocumentDetail> {
    actor.require(Permission::Build)?;
    let (document, url) = understand(system, &new, "").await?;
    let now = system.clock.now();
    let id = OpenapiDocumentId::new();
    let mut tx = system.tenant(actor).await?;
    let operations = i32::try_from(read::places(&document.value).len()).unwrap_or(i32::MAX);
    store::insert(&mut tx, actor, id, &document, url.as_deref(), operations, now).await?;
    let entry = audit::Entry {
        action: "openapi_document.add",
        object_type: "openapi_document",
        object_id: Some(id.0),
        object_name: &document.title,
        before: None,
        after: Some(json!({"version": document.version, "url": url, "base_url": document.base_url, "operations": operations})),
    };
    audit::record(&mut tx, actor, now, entry).await?;
    tx.commit().await?;
    get::get(system, actor, id).await
}

/// The document that is meant, and where it came from. `base_url` stands in where neither the document nor the request says one.
pub(super) async fn understand(system: &System, new: &NewOpenapiDocument, base_url: &str) -> Result<(Document, Option<String>)> {
    let url = new.url.as_deref().map(str::trim).filter(|url| !url.is_empty());
    let text = match url {
        Some(url) if new.text.trim().is_empty() => fetch(system, url).await.map_err(|message| Error::invalid("url", message))?,
        _ => new.text.clone(),
    };
    let mut document = read::read(&text).map_err(|error| Error::Invalid(vec![error]))?;
    if let Some(given) = new.base_url.as_deref().map(str::trim).filter(|given| !given.is_empty()) {
        given.trim_end_matches('/').clone_into(&mut document.base_url);
    } else if document.base_url.is_empty() && !base_url.is_empty() {
        base_url.clone_into(&mut document.base_url);
    } else if document.base_url.is_empty()
        && let Some(url) = url
    {
        document.base_url = read::server_from(&document.value, url);
    }
    let mut errors = Vec::new();
    if document.base_url.is_empty() {
        errors.push(FieldError::new("base_url", "The document names no server. Say where the API answers."));
    } else {
        check_base_url("base_url", &document.base_url, &mut errors);
    }
    document.title = document.title.chars().take(500).collect();
    document.version = document.version.chars().take(100).collect();
    // PostgreSQL keeps no NUL in JSON.
    if document.value.to_string().contains("\\u0000") {
        errors.push(FieldError::new("text", "The document contains the NUL character."));
    }
    if errors.is_empty() { Ok((document, url.map(str::to_owned))) } else { Err(Error::Invalid(errors)) }
}

/// Fetches with the guard that tools have: no private address, at most five redirects, a bounded size and time.
async fn fetch(system: &System, url: &str) -> std::result::Result<String, String> {
    let work = async {
        let mut url = Url::parse(url).map_err(|_| "This is no address.".to_owned())?;
        for _ in 0..=5 {
            let addresses = egress::resolve(&system.config, &url).await.map_err(|refusal| refusal.to_string())?;
            let client = egress::client(&url, &addresses).map_err(|error| error.to_string())?;
            let response = client.get(url.clone()).send().await.map_err(|_| format!("No connection to {url}."))?;
            let status = response.status();
            let target =
                response.headers().get("location").and_then(|target| target.to_str().ok()).and_then(|target| url.join(target).ok());
            if let (true, Some(target)) = (status.is_redirection(), target) {
                url = target;
                continue;
            }
            if !status.is_success() {
                return Err(format!("{url} answered {status}."));
            }
            let mut bytes = Vec::new();
            let mut stream = response.bytes_stream();
            while let Some(chunk) = stream.next().await {
                bytes.extend_from_slice(&chunk.map_err(|_| "The connection broke off.".to_owned())?);
                if bytes.len() > DOCUMENT_BYTES {
                    return Err(format!("The document is larger than {} MiB.", DOCUMENT_BYTES / 1024 / 1024));
                }
            }
            return String::from_utf8(bytes).map_err(|_| "The document is no text.".to_owned());
        }
        Err("Too many redirects.".to_owned())
    };
    tokio::time::timeout(Duration::from_secs(30), work).await.map_err(|_| "No answer within 30 s.".to_owned())?
}
