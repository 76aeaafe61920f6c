//! The audit log.

use crate::error::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};
use toolcrib::audit::{AuditFacets, AuditPage};

#[cfg(feature = "ssr")]
use crate::context;
#[cfg(feature = "ssr")]
use toolcrib::audit::{self as use_cases, AuditFilter, AuditOrder, AuditSort};

/// What somebody asks for, as it stands in the address; empty means all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditQuery {
    pub action: String,
    /// The id of a person or an agent.
    pub actor: String,
    pub object_type: String,
    /// A day, `2026-07-01`, in UTC; counted in.
    pub from: String,
    /// The last day, counted in.
    pub until: String,
    /// A column and `desc`, as [`toolcrib::audit::AuditSort`] names them; empty for the newest first.
    pub sort: String,
    pub dir: String,
    pub after: String,
}

#[cfg(feature = "ssr")]
impl AuditQuery {
    /// Refuses what is no id and no day, at its field.
    pub fn filter(&self) -> toolcrib::Result<AuditFilter> {
        use chrono::{Days, NaiveDate};
        use toolcrib::problem::FieldError;
        let mut errors = Vec::new();
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let actor = match self.actor.as_str() {
            "" => None,
            id => id.parse().map_err(|_| errors.push(FieldError::new("actor", "This is no id."))).ok(),
        };
        let mut day = |field: &str, value: &str, add: u64| {
            if value.is_empty() {
                return None;
            }
            let day = value.parse::<NaiveDate>().ok().and_then(|day| day.checked_add_days(Days::new(add)));
            if day.is_none() {
                errors.push(FieldError::new(field, "A day looks like 2026-07-01."));
            }
            Some(day?.and_hms_opt(0, 0, 0)?.and_utc())
        };
        let from = day("from", &self.from, 0);
        let until = day("until", &self.until, 1);
        if !errors.is_empty() {
            return Err(toolcrib::Error::Invalid(errors));
        }
        let order = AuditSort::parse(&self.sort).map(|sort| AuditOrder { sort, descending: self.dir == "desc" }).unwrap_or_default();
        Ok(AuditFilter { action: text(&self.action), actor, object_type: text(&self.object_type), object_id: None, from, until, order })
    }
}

/// What the audit page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditView {
    pub page: AuditPage,
    pub facets: AuditFacets,
}

#[server(prefix = "/api/fn", endpoint = "audit/list", input = Json)]
pub async fn list_audit(org: String, query: AuditQuery) -> Result<AuditView, AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    let filter = query.filter()?;
    let cursor = (!query.after.is_empty()).then_some(query.after.as_str());
    let page = use_cases::list::list(&system, &actor, &filter, cursor, 50).await?;
    Ok(AuditView { page, facets: use_cases::list::facets(&system, &actor).await? })
}
