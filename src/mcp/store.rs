//! All SQL of MCP servers and pins.

mod offered;
mod pins;
mod servers;

pub(super) use {offered::*, pins::*, servers::*};

pub(crate) use {pins::pin_of, servers::find};

use crate::error::{Error, Result};
use serde_json::Value;

fn odd(what: &str) -> Error {
    Error::internal(format!("an MCP server is stored with an unknown {what}"))
}

fn json<T: serde::Serialize>(value: &T) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| Error::Internal(error.into()))
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| Error::Internal(error.into()))
}
