//! What a list of tools is asked for: filters, order, page.

use super::{Category, Kind, Status, Visibility, words};
use crate::ids::{AgentId, CategoryId, UserId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// What a list of tools is sorted by.
    ToolSort {
        Name = "name", "Name";
        Kind = "kind", "Kind";
        Created = "created", "Created";
        Updated = "updated", "Changed";
        LastUsed = "last_used", "Last used";
        Executions = "executions", "Executions";
        Relevance = "relevance", "Relevance";
    }
}

/// Which tools to list. What is `None` filters nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ToolFilter {
    /// Every word is found in name, display name, description or tags; or the display name is written much like it.
    pub text: Option<String>,
    pub kind: Option<Kind>,
    pub status: Option<Status>,
    /// Of this category or one below it.
    pub category_id: Option<CategoryId>,
    pub tag: Option<String>,
    pub owner_id: Option<UserId>,
    pub visibility: Option<Visibility>,
    /// Only what is attached to this agent.
    pub agent_id: Option<AgentId>,
    /// Called at this moment or later.
    pub used_since: Option<DateTime<Utc>>,
    /// Not called at this moment or later, perhaps never.
    pub unused_since: Option<DateTime<Utc>>,
    /// Left out: the best match first where there is text, else the newest first.
    pub sort: Option<ToolSort>,
    pub descending: bool,
    pub cursor: Option<String>,
    /// 1 to 100; 50 when left out.
    pub limit: Option<i64>,
}

impl ToolFilter {
    /// Whether text is being looked for.
    #[must_use]
    pub fn has_text(&self) -> bool {
        self.text.as_ref().is_some_and(|text| !text.trim().is_empty())
    }

    /// The order that is meant, and whether it goes down.
    #[must_use]
    pub fn order(&self) -> (ToolSort, bool) {
        match self.sort {
            Some(ToolSort::Relevance) => (ToolSort::Relevance, true),
            Some(sort) => (sort, self.descending),
            None if self.has_text() => (ToolSort::Relevance, true),
            None => (ToolSort::Created, true),
        }
    }
}

/// What the tools that somebody may see can be filtered by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Facets {
    /// The tree, flattened: each category is followed by those below it.
    pub categories: Vec<Category>,
    /// With the number of tools that bear them, by name.
    pub tags: Vec<(String, i64)>,
    /// Who owns tools.
    pub owners: Vec<(UserId, String)>,
    pub agents: Vec<(AgentId, String)>,
    /// All tools that may be seen.
    pub tools: i64,
}
