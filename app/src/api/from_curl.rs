//! A pasted `curl` command as a form that is filled in.

use crate::{api::tool_form::ToolForm, error::AppError};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use toolcrib::tools::{Kind, curl::Note};

#[cfg(feature = "ssr")]
use crate::context;
#[cfg(feature = "ssr")]
use toolcrib::{Error, access::Permission, tools::curl};

/// The form as the command fills it, and what was left out of it. It travels in an address, so nothing secret may be in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filled {
    pub form: ToolForm,
    pub notes: Vec<Note>,
}

/// What fits into an address everywhere.
#[cfg(feature = "ssr")]
const LONGEST: usize = 16_000;

impl Filled {
    /// As one word for an address.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        drop_empty(&mut value);
        URL_SAFE_NO_PAD.encode(value.to_string())
    }

    /// The other way round; `None` for what is no such word.
    #[must_use]
    pub fn decode(word: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(word).ok()?;
        let mut filled: Self = serde_json::from_slice(&bytes).ok()?;
        filled.form.kind = Kind::ApiRequest.as_str().to_owned();
        Some(filled)
    }
}

/// Most fields of a form are empty.
fn drop_empty(value: &mut Value) {
    let Value::Object(fields) = value else { return };
    fields.values_mut().for_each(drop_empty);
    fields.retain(|_, field| match field {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => true,
    });
}

/// Reads the command and leads to the form that it fills. Its name holds “secret”: nobody keeps it, not even when it is refused.
#[server(prefix = "/api/fn", endpoint = "tools/from_curl")]
pub async fn from_curl(org: String, #[server(default)] secret_command: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    actor.require(Permission::Build)?;
    let refused = |message: String| Error::invalid("secret_command", message);
    let read = curl::read(&secret_command.replace("\r\n", "\n")).map_err(refused)?;
    let word = Filled { form: ToolForm::of_request(&read.spec), notes: read.notes }.encode();
    if word.len() > LONGEST {
        return Err(
            refused("This is too long to be taken over. Paste it without its body, and put the body into the form.".to_owned()).into()
        );
    }
    leptos_axum::redirect(&format!("/{org}/tools/new?kind={}&from={word}", Kind::ApiRequest));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use toolcrib::tools::curl;

    #[test]
    fn a_filled_form_goes_through_an_address_unchanged() {
        let read =
            curl::read("curl -X POST 'https://a.example/orders/{id}?q=ü' -H 'X-Api-Key: s3cret' -H 'accept: */*' --json '{\"n\": [1]}'")
                .unwrap();
        let filled = Filled { form: ToolForm::of_request(&read.spec), notes: read.notes };
        let word = filled.encode();
        assert!(
            word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_') && word.len() < 900,
            "{}",
            word.len()
        );
        assert_eq!(Filled::decode(&word), Some(filled.clone()));
        assert!(!format!("{filled:?}").contains("s3cret"));
        assert_eq!((filled.form.rows[0].name.as_str(), filled.form.rows[0].required), ("id", true));
        assert_eq!(filled.form.read().map(|tool| tool.api_spec), Ok(Some(read.spec)));
        assert_eq!(Filled::decode("no such word"), None);
    }
}
