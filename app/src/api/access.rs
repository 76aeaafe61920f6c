//! Who may do what with which tool: grants, the matrix, and why.

use crate::error::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use toolcrib::{
    grants::{
        Grant,
        matrix::{Matrix, MatrixQuery},
    },
    ids::{GrantId, ToolId},
    page::Page,
    tools::explain::Explanation,
};

#[cfg(feature = "ssr")]
use {
    super::conflict,
    crate::context,
    chrono::{DateTime, NaiveDateTime, Utc},
    toolcrib::{
        Error,
        access::Permission,
        actor::Actor,
        agents,
        grants::{self, GrantPermission, NewGrant, Subject},
        organizations::members,
        problem::FieldError,
        seen,
        system::System,
        tools::{self, Level, explain},
    },
};

/// The tab “Access” of a tool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolAccess {
    pub grants: Page<Grant>,
    /// Who may be granted the tool or asked about: (`agent:…`, words).
    pub subjects: Vec<(String, String)>,
    pub may_grant: bool,
    /// About whom the page asks, and the answer.
    pub asked: String,
    pub explanation: Option<Explanation>,
}

/// One cell of the matrix, opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenCell {
    pub explanation: Explanation,
    pub tool_display_name: String,
    pub grant: Option<Grant>,
}

/// The page of the matrix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MatrixPage {
    pub matrix: Matrix,
    pub query: MatrixQuery,
    pub open: Option<OpenCell>,
}

#[server(prefix = "/api/fn", endpoint = "access/tool")]
pub async fn get_tool_access(
    org: String,
    id: ToolId,
    #[server(default)] subject: String,
    #[server(default)] after: String,
) -> Result<ToolAccess, AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    let (tool, level) = tools::get::get_with_level(&system, &actor, id).await?;
    let grants = grants::list(&system, &actor, id, Some(&after), Some(100)).await?;
    let may_grant = level == Level::Admin && tool.organization_id.is_some() && actor.may(Permission::Grant);
    let own = Subject::user(actor.user_id);
    let asks_others = may_grant || level == Level::Admin || actor.may(Permission::Build);
    let subjects = if asks_others { subjects(&system, &actor).await? } else { vec![(own.to_string(), actor.user_name.clone())] };
    let asked = subject.parse().unwrap_or(own);
    let explanation = match explain::explain(&system, &actor, id, asked).await {
        Ok(explanation) => Some(explanation),
        Err(Error::NotFound(_) | Error::Forbidden(_)) => None,
        Err(error) => return Err(error.into()),
    };
    Ok(ToolAccess { grants, subjects, may_grant, asked: asked.to_string(), explanation })
}

/// Agents first, then members: (`agent:…`, words).
#[cfg(feature = "ssr")]
async fn subjects(system: &System, actor: &Actor) -> Result<Vec<(String, String)>, AppError> {
    let (agents, _) = agents::list::list(system, actor, None, None, agents::list::MOST).await?;
    let agents = agents.into_iter().map(|one| (Subject::agent(one.agent.id).to_string(), format!("Agent: {}", one.agent.display_name)));
    let people = members::list(system, actor).await?;
    let people = people.into_iter().map(|member| {
        let words = format!("{} ({}, {})", member.name, member.email, member.role.as_str());
        (Subject::user(member.user_id).to_string(), words)
    });
    Ok(agents.chain(people).collect())
}

/// What a field of type `datetime-local` sends, read as UTC; nothing is no end.
#[cfg(feature = "ssr")]
fn moment(text: &str) -> Result<Option<DateTime<Utc>>, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let forms = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%.f"];
    let read = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let read =
        read.ok_or_else(|| Error::Invalid(vec![FieldError::new("expires_at", "Write date and time, for example 2026-12-31T18:00.")]))?;
    Ok(Some(read.and_utc()))
}

#[cfg(feature = "ssr")]
fn permission(text: &str) -> Result<GrantPermission, Error> {
    GrantPermission::parse(text).ok_or_else(|| Error::invalid("permission", "Choose read, execute or admin."))
}

/// Gives a grant on one tool.
#[server(prefix = "/api/fn", endpoint = "access/give")]
pub async fn give_grant(
    org: String,
    id: ToolId,
    #[server(default)] subject: String,
    #[server(default)] permission: String,
    #[server(default)] expires_at: String,
) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let subject: Subject = subject.parse().map_err(|()| Error::invalid("subject", "Choose an agent or a person."))?;
    let new = NewGrant {
        subject_type: subject.subject_type,
        subject_id: subject.subject_id,
        permission: self::permission(&permission)?,
        expires_at: moment(&expires_at)?,
    };
    grants::give(&context::system()?, &actor, id, new).await.map_err(|error| match error {
        Error::Conflict { message, .. } => Error::Conflict { message, field: Some("subject".to_owned()) },
        other => other,
    })?;
    leptos_axum::redirect(&format!("/{org}/tools/{id}/access"));
    Ok(())
}

/// A cell or a row as it stands now beside what it should have become.
#[cfg(feature = "ssr")]
fn grant_conflict(message: String, stored: Option<&Grant>, permission: Option<GrantPermission>, end: Option<DateTime<Utc>>) -> AppError {
    let level = |permission: Option<GrantPermission>| permission.map_or("No grant", |one| one.label()).to_owned();
    let until = |end: Option<DateTime<Utc>>| end.map_or_else(|| "No end".to_owned(), |end| end.format("%Y-%m-%d %H:%M UTC").to_string());
    let fields = [
        ("Permission", level(stored.map(|grant| grant.permission)), level(permission)),
        ("Until", until(stored.and_then(|grant| grant.expires_at)), until(end)),
    ];
    conflict::refusal(message, stored.map_or_else(|| "none".to_owned(), |grant| seen::tag(grant.created_at)), fields)
}

/// Changes a grant on one tool.
#[server(prefix = "/api/fn", endpoint = "access/change")]
pub async fn change_grant(
    org: String,
    id: ToolId,
    grant: GrantId,
    #[server(default)] permission: String,
    #[server(default)] expires_at: String,
    #[server(default)] expected: String,
    #[server(default)] overwrite: String,
) -> Result<(), AppError> {
    let (system, actor) = (context::system()?, context::actor(&org).await?);
    let (read, permission, end) = (conflict::read(&expected, &overwrite)?, self::permission(&permission)?, moment(&expires_at)?);
    let change = grants::ChangeGrant { permission: Some(permission), expires_at: Some(end) };
    match grants::change_seen(&system, &actor, id, grant, change, Some(read)).await {
        Err(Error::Stale(message)) => {
            let stored = grants::list::get(&system, &actor, id, grant).await?;
            return Err(grant_conflict(message, Some(&stored), Some(permission), end));
        }
        other => drop(other?),
    }
    leptos_axum::redirect(&format!("/{org}/tools/{id}/access"));
    Ok(())
}

/// Takes a grant back.
#[server(prefix = "/api/fn", endpoint = "access/revoke")]
pub async fn revoke_grant(org: String, id: ToolId, grant: GrantId) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    grants::revoke(&context::system()?, &actor, id, grant).await?;
    leptos_axum::redirect(&format!("/{org}/tools/{id}/access"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "access/matrix")]
pub async fn access_matrix(
    org: String,
    #[server(default)] query: MatrixQuery,
    #[server(default)] cell: String,
) -> Result<MatrixPage, AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    let matrix = grants::matrix::matrix(&system, &actor, &query).await?;
    let open = match read_cell(&cell) {
        Some((tool, subject)) => open_cell(&system, &actor, tool, subject).await?,
        None => None,
    };
    Ok(MatrixPage { matrix, query, open })
}

/// `tool~agent:…`, as the address names a cell.
#[cfg(feature = "ssr")]
fn read_cell(text: &str) -> Option<(ToolId, Subject)> {
    let (tool, subject) = text.split_once('~')?;
    Some((tool.parse().ok()?, subject.parse().ok()?))
}

/// `None` for a cell whose tool or subject is gone meanwhile.
#[cfg(feature = "ssr")]
async fn open_cell(system: &System, actor: &Actor, id: ToolId, subject: Subject) -> Result<Option<OpenCell>, AppError> {
    let explanation = match explain::explain(system, actor, id, subject).await {
        Ok(explanation) => explanation,
        Err(Error::NotFound(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let tool = tools::get(system, actor, id).await?;
    let grant = grants::list::find_for(system, actor, id, subject).await?;
    Ok(Some(OpenCell { explanation, tool_display_name: tool.display_name, grant }))
}

/// Makes a cell say what was chosen, if it still says what was seen (`none`: no grant). `back` is the query of the page.
#[server(prefix = "/api/fn", endpoint = "access/set")]
pub async fn set_grant(
    org: String,
    id: ToolId,
    subject: String,
    #[server(default)] permission: String,
    #[server(default)] expires_at: String,
    #[server(default)] back: String,
    #[server(default)] expected: String,
    #[server(default)] overwrite: String,
) -> Result<(), AppError> {
    let (system, actor) = (context::system()?, context::actor(&org).await?);
    let expected = if overwrite.is_empty() { expected } else { overwrite };
    let read = if expected == "none" { None } else { Some(conflict::read(&expected, "")?) };
    let subject: Subject = subject.parse().map_err(|()| Error::NotFound("subject"))?;
    let permission = if permission.is_empty() || permission == "none" { None } else { Some(self::permission(&permission)?) };
    let end = moment(&expires_at)?;
    match grants::set_seen(&system, &actor, id, subject, permission, end, Some(read)).await {
        Err(Error::Stale(message)) => {
            let stored = grants::list::find_for(&system, &actor, id, subject).await?;
            return Err(grant_conflict(message, stored.as_ref(), permission, end));
        }
        other => other?,
    }
    leptos_axum::redirect(&format!("/{org}/access?{}", back.trim_start_matches('?')));
    Ok(())
}
