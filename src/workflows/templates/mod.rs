//! Workflows to begin with. Each runs without a network in every organization; a test runs them all. The data lies beside this file.

#[cfg(feature = "ssr")]
mod create;
#[cfg(feature = "ssr")]
mod data;

#[cfg(feature = "ssr")]
pub use create::create;
#[cfg(feature = "ssr")]
pub use data::{Part, Whole, all, find};

use super::graph::Definition;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A workflow to begin with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Template {
    pub name: String,
    pub title: String,
    pub description: String,
    /// Which parts of workflows it is an example of.
    pub shows: String,
    /// Names of the platform tools that it calls.
    pub needs: Vec<String>,
    /// Titles of the workflows that are made with it, which its steps run.
    pub brings: Vec<String>,
    pub definition: Definition,
    /// What it can be tried with.
    #[cfg_attr(feature = "ssr", schema(value_type = Object))]
    pub sample_input: Map<String, Value>,
    /// Approval → the answer with which the sample gives `sample_output`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, bool>,
    #[cfg_attr(feature = "ssr", schema(value_type = Object))]
    pub sample_output: Value,
}

/// How a workflow is made from a template.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FromTemplate {
    /// A name of `GET /v1/workflow-templates`.
    pub template: String,
    /// The template's, or the next that is free, where left out.
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub display_name: Option<String>,
    /// `private` where left out.
    #[serde(default)]
    pub visibility: Option<super::Visibility>,
}
