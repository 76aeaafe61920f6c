//! What starts runs of a workflow by itself.

use crate::error::AppError;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use toolcrib::{
    page::Page,
    workflows::{
        graph::InputField,
        triggers::{Firing, Trigger},
    },
};
#[cfg(feature = "ssr")]
use {
    super::{edit::read_revision, workflow_id},
    crate::context,
    serde_json::{Map, Value, json},
    toolcrib::{
        Error,
        access::Permission,
        actor::Actor,
        ids::{TriggerId, WorkflowId},
        problem::{Difference, FieldError},
        system::System,
        tokens::shown_once,
        workflows::{
            self, Visibility, Workflow,
            graph::{Definition, resolve::typed},
            triggers::{
                self as use_cases, Auth, Mapped, Missed, NewTrigger, Overlap, Schedule, TriggerKind, Webhook, rotate::RotateSecret,
                times::Times,
            },
        },
    },
};

/// The triggers of a workflow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TriggersPage {
    pub workflow_name: String,
    /// `None`: nothing can start it by itself.
    pub published_version: Option<i32>,
    pub triggers: Vec<Trigger>,
    pub may_change: bool,
}

/// One trigger, or what the form of a new one needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TriggerPage {
    pub workflow_name: String,
    pub published_version: Option<i32>,
    /// Newest first.
    pub versions: Vec<i32>,
    /// Of the version that it starts.
    pub inputs: Vec<InputField>,
    /// `None`: a new one.
    pub trigger: Option<Trigger>,
    pub firings: Page<Firing>,
    pub may_change: bool,
    /// Of the stored schedule, or of the one that the form of a new trigger begins with.
    pub upcoming: Upcoming,
    /// Where this server is found from outside.
    pub base_url: String,
    pub now: DateTime<Utc>,
}

/// A fixed input.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FixedRow {
    pub name: String,
    pub value: String,
}

/// Where the value of an input lies in what comes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MappedRow {
    pub name: String,
    pub from: String,
}

/// When a schedule would be due.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Upcoming {
    /// In the schedule's own zone.
    pub times: Vec<String>,
    /// Why there are none.
    pub problem: Option<String>,
}

#[cfg(feature = "ssr")]
fn trigger_id(text: &str) -> Result<TriggerId, AppError> {
    Ok(text.parse().map_err(|_| Error::NotFound("trigger"))?)
}

#[cfg(feature = "ssr")]
fn may_change(actor: &Actor, workflow: &Workflow) -> bool {
    let mine = workflow.owner_id == Some(actor.user_id.0) || actor.may(Permission::ManageTools);
    actor.may(Permission::Build) && (mine || workflow.visibility == Visibility::Public)
}

/// What the trigger starts, or would: the draft of a workflow that was never published.
#[cfg(feature = "ssr")]
async fn started(system: &System, actor: &Actor, workflow: &Workflow, version: Option<i32>) -> Result<Definition, Error> {
    match version.or(workflow.published_version) {
        Some(version) => Ok(workflows::versions::version(system, actor, workflow.id, version).await?.definition),
        None => Ok(workflow.definition.clone()),
    }
}

#[server(prefix = "/api/fn", endpoint = "workflows/triggers")]
pub async fn list_triggers(org: String, id: String) -> Result<TriggersPage, AppError> {
    let (actor, system) = (context::actor(&org).await?, context::system()?);
    let workflow = workflows::get::get(&system, &actor, workflow_id(&id)?).await?;
    let triggers = use_cases::get::list(&system, &actor, workflow.id).await?;
    let may_change = may_change(&actor, &workflow);
    Ok(TriggersPage { workflow_name: workflow.display_name, published_version: workflow.published_version, triggers, may_change })
}

/// `trigger` is empty for a new one.
#[server(prefix = "/api/fn", endpoint = "workflows/trigger")]
pub async fn get_trigger(org: String, id: String, trigger: String, after: String) -> Result<TriggerPage, AppError> {
    let (actor, system) = (context::actor(&org).await?, context::system()?);
    let workflow = workflows::get::get(&system, &actor, workflow_id(&id)?).await?;
    let (mut found, mut firings) = (None, Page { items: Vec::new(), next_cursor: None });
    if !trigger.is_empty() {
        let trigger = trigger_id(&trigger)?;
        found = Some(use_cases::get::get(&system, &actor, workflow.id, trigger).await?);
        firings = use_cases::firings::firings(&system, &actor, workflow.id, trigger, Some(&after), Some(25)).await?;
    }
    let versions = workflows::versions::versions(&system, &actor, workflow.id, None, Some(50)).await?;
    let definition = started(&system, &actor, &workflow, found.as_ref().and_then(|trigger| trigger.version)).await?;
    let schedule = found.as_ref().and_then(|trigger| trigger.schedule.clone()).unwrap_or_default();
    Ok(TriggerPage {
        upcoming: upcoming(&system, &schedule),
        may_change: may_change(&actor, &workflow),
        workflow_name: workflow.display_name,
        published_version: workflow.published_version,
        versions: versions.items.iter().map(|version| version.version).collect(),
        inputs: definition.inputs().to_vec(),
        trigger: found,
        firings,
        base_url: crate::api::agents::base_url(&system),
        now: system.clock.now(),
    })
}

/// The next five times of a pattern, or what is wrong with it.
#[server(prefix = "/api/fn", endpoint = "workflows/upcoming")]
pub async fn upcoming_times(org: String, cron: String, time_zone: String) -> Result<Upcoming, AppError> {
    context::actor(&org).await?;
    let system = context::system()?;
    let schedule = Schedule { cron, time_zone: time_zone.trim().to_owned(), ..Schedule::default() };
    Ok(upcoming(&system, &schedule))
}

#[cfg(feature = "ssr")]
fn upcoming(system: &System, schedule: &Schedule) -> Upcoming {
    match Times::parse(schedule) {
        Ok(times) => {
            let shown: Vec<String> = times.upcoming(system.clock.now(), 5).into_iter().map(|due| times.local(due)).collect();
            let problem = shown.is_empty().then(|| "This time never comes.".to_owned());
            Upcoming { times: shown, problem }
        }
        Err(errors) => {
            Upcoming { times: Vec::new(), problem: Some(errors.into_iter().map(|error| error.message).collect::<Vec<_>>().join(" ")) }
        }
    }
}

/// Makes a trigger, or saves the one that `trigger` names.
#[server(prefix = "/api/fn", endpoint = "workflows/save_trigger")]
pub async fn save_trigger(
    org: String,
    id: String,
    kind: String,
    name: String,
    #[server(default)] trigger: String,
    #[server(default)] revision: i32,
    #[server(default)] overwrite: String,
    #[server(default)] is_enabled: String,
    #[server(default)] version: String,
    #[server(default)] fields: Vec<FixedRow>,
    #[server(default)] mapping: Vec<MappedRow>,
    #[server(default)] cron: String,
    #[server(default)] time_zone: String,
    #[server(default)] overlap: String,
    #[server(default)] missed: String,
    #[server(default)] missed_most: String,
    #[server(default)] auth: String,
    #[server(default)] tolerance_seconds: String,
    #[server(default)] rate_limit_per_minute: String,
) -> Result<(), AppError> {
    let (actor, system) = (context::actor(&org).await?, context::system()?);
    let workflow = workflows::get::get(&system, &actor, workflow_id(&id)?).await?;
    let kind = TriggerKind::parse(&kind).ok_or_else(|| Error::invalid("kind", "Choose what starts it."))?;
    let mut errors = Vec::new();
    let version = match version.as_str() {
        "" => None,
        number => number.parse().map_err(|_| errors.push(FieldError::new("version", "Choose a version."))).ok(),
    };
    let definition = started(&system, &actor, &workflow, version).await?;
    let input = fixed(&fields, definition.inputs(), &mut errors);
    let mut number = |field: &str, text: &str, otherwise: u32| match text.trim() {
        "" => otherwise,
        text => text.parse().unwrap_or_else(|_| {
            errors.push(FieldError::new(field, "A whole number."));
            otherwise
        }),
    };
    let mut new = NewTrigger {
        name,
        kind,
        is_enabled: !is_enabled.is_empty(),
        version,
        input,
        schedule: None,
        webhook: None,
        revision: read_revision(revision, &overwrite)?,
    };
    let rows: Vec<(usize, &MappedRow)> = mapping.iter().enumerate().filter(|(_, row)| !row.from.trim().is_empty()).collect();
    if kind == TriggerKind::Schedule {
        new.schedule = Some(Schedule {
            cron,
            time_zone,
            overlap: Overlap::parse(&overlap).unwrap_or_default(),
            missed: Missed::parse(&missed).unwrap_or_default(),
            missed_most: number("missed_most", &missed_most, 10),
        });
    } else {
        let limit = number("rate_limit_per_minute", &rate_limit_per_minute, 0);
        new.webhook = Some(Webhook {
            auth: Auth::parse(&auth).unwrap_or_default(),
            tolerance_seconds: number("tolerance_seconds", &tolerance_seconds, 300),
            rate_limit_per_minute: (!rate_limit_per_minute.trim().is_empty()).then_some(limit),
            mapping: rows.iter().map(|(_, row)| Mapped { field: row.name.clone(), from: row.from.clone() }).collect(),
        });
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    let places: Vec<usize> = rows.iter().map(|(index, _)| *index).collect();
    if trigger.is_empty() {
        let (made, secret) =
            use_cases::create::create(&system, &actor, workflow.id, new).await.map_err(|error| in_form(error, &fields, &places))?;
        let mut address = format!("/{org}/workflows/{id}/triggers/{}", made.id);
        if let Some(secret) = secret {
            address.push_str(&format!("?shown={}", shown_once::keep(&system, actor.user_id, secret.expose()).await?));
        }
        leptos_axum::redirect(&address);
        return Ok(());
    }
    let this = trigger_id(&trigger)?;
    match use_cases::update::update(&system, &actor, workflow.id, this, new.clone()).await {
        Ok(_) => {}
        Err(stale @ Error::Stale(_)) => return Err(both_states(&system, &actor, (workflow.id, this), &new, stale).await?),
        Err(error) => return Err(in_form(error, &fields, &places).into()),
    }
    leptos_axum::redirect(&format!("/{org}/workflows/{id}/triggers/{trigger}"));
    Ok(())
}

/// What is typed into the fields of fixed inputs, each by its type; an empty field is none.
#[cfg(feature = "ssr")]
fn fixed(rows: &[FixedRow], inputs: &[InputField], errors: &mut Vec<FieldError>) -> Map<String, Value> {
    let mut input = Map::new();
    for (index, row) in rows.iter().enumerate().filter(|(_, row)| !row.value.is_empty()) {
        let Some(field) = inputs.iter().find(|field| field.name == row.name) else { continue };
        match typed(&row.value, &json!({ "type": field.kind.as_str() })) {
            Ok(value) => {
                input.insert(field.name.clone(), value);
            }
            Err(message) => errors.push(FieldError::new(format!("fields[{index}][value]"), message)),
        }
    }
    input
}

/// Errors at the fields of the form rather than of what is made from it.
#[cfg(feature = "ssr")]
fn in_form(error: Error, fields: &[FixedRow], places: &[usize]) -> Error {
    let Error::Invalid(errors) = error else { return error };
    let place = |error: FieldError| {
        let pointer = error.pointer.trim_start_matches('/').to_owned();
        let parts: Vec<&str> = pointer.split('/').collect();
        let field = match parts.as_slice() {
            ["input", name] => match fields.iter().position(|row| row.name == *name) {
                Some(index) => format!("fields[{index}][value]"),
                None => "name".to_owned(),
            },
            ["webhook", "mapping", index, _] => {
                let row = index.parse::<usize>().ok().and_then(|index| places.get(index)).copied().unwrap_or_default();
                format!("mapping[{row}][from]")
            }
            ["schedule" | "webhook", field] => (*field).to_owned(),
            _ => pointer,
        };
        FieldError::new(field, error.message)
    };
    Error::Invalid(errors.into_iter().map(place).collect())
}

/// What is stored now beside what was sent.
#[cfg(feature = "ssr")]
async fn both_states(
    system: &System,
    actor: &Actor,
    (workflow, trigger): (WorkflowId, TriggerId),
    sent: &NewTrigger,
    stale: Error,
) -> Result<AppError, AppError> {
    let stored = use_cases::get::get(system, actor, workflow, trigger).await?;
    let (now, then) = (json!(stored.as_new()), json!(sent));
    let mut refusal = AppError::from(stale);
    refusal.0.current = Some(stored.revision.to_string());
    let names = [("Name", "/name"), ("Enabled", "/is_enabled"), ("Version", "/version"), ("Fixed inputs", "/input")];
    let settings = [("Schedule", "/schedule"), ("Webhook", "/webhook")];
    for (field, pointer) in names.into_iter().chain(settings) {
        let text = |value: &Value| {
            value.pointer(pointer).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).unwrap_or_default()
        };
        let (stored, sent) = (text(&now), text(&then));
        if stored != sent {
            refusal.0.differences.push(Difference { field: field.to_owned(), stored, sent });
        }
    }
    Ok(refusal)
}

/// Switches a trigger on or off.
#[server(prefix = "/api/fn", endpoint = "workflows/switch_trigger")]
pub async fn switch_trigger(org: String, id: String, trigger: String, #[server(default)] on: String) -> Result<(), AppError> {
    let (actor, system) = (context::actor(&org).await?, context::system()?);
    let (workflow, this) = (workflow_id(&id)?, trigger_id(&trigger)?);
    let mut change = use_cases::get::get(&system, &actor, workflow, this).await?.as_new();
    change.is_enabled = !on.is_empty();
    use_cases::update::update(&system, &actor, workflow, this, change).await?;
    leptos_axum::redirect(&format!("/{org}/workflows/{id}/triggers/{trigger}"));
    Ok(())
}

/// Makes a new secret. `grace`: for how many seconds the one before still counts.
#[server(prefix = "/api/fn", endpoint = "workflows/rotate_trigger")]
pub async fn rotate_trigger(org: String, id: String, trigger: String, #[server(default)] grace: String) -> Result<(), AppError> {
    let (actor, system) = (context::actor(&org).await?, context::system()?);
    let how = RotateSecret { grace_seconds: grace.parse().ok() };
    let (_, secret) = use_cases::rotate::rotate(&system, &actor, workflow_id(&id)?, trigger_id(&trigger)?, &how).await?;
    let key = shown_once::keep(&system, actor.user_id, secret.expose()).await?;
    leptos_axum::redirect(&format!("/{org}/workflows/{id}/triggers/{trigger}?shown={key}"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "workflows/delete_trigger")]
pub async fn delete_trigger(org: String, id: String, trigger: String) -> Result<(), AppError> {
    let (actor, system) = (context::actor(&org).await?, context::system()?);
    use_cases::delete::delete(&system, &actor, workflow_id(&id)?, trigger_id(&trigger)?, None).await?;
    leptos_axum::redirect(&format!("/{org}/workflows/{id}/triggers"));
    Ok(())
}
