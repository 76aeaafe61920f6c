//! Server functions of keys. A value comes in once, in a field of its own, and never goes out.

use crate::error::AppError;
use chrono::{DateTime, Utc};
use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};
use toolcrib::{
    keys::{Key, KeyAsker, KeyDetail, KeyTest, KeyUse, LastTest, choose::Explanation},
    page::{ListOrder, Numbered, Page},
};
#[cfg(feature = "ssr")]
use {
    super::conflict,
    crate::context,
    chrono::NaiveDate,
    toolcrib::{
        Error,
        agents::list as agent_list,
        ids::{KeyId, KeyMappingId, ToolId},
        keys::{self, ContextType, KeyChange, KeyFilter, KeyStatus, KeyType, NewKey, NewMapping, Secret, TestRequest, Who},
        organizations::members,
        problem::FieldError,
        seen,
    },
};

/// A value of a list to choose from, and its words.
pub type Choice = (String, String);

/// The list of keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyList {
    pub keys: Numbered<Key>,
    /// Names that tools ask for and no usable key has.
    pub missing: Vec<KeyAsker>,
}

/// What the form for a new key offers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyChoices {
    pub askers: Vec<KeyAsker>,
    /// `agent:<id>` and `user:<id>`.
    pub whom: Vec<Choice>,
}

/// One key with everything its pages show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyPage {
    pub detail: KeyDetail,
    /// A page of what would use it, and what stops working without it, in a sentence.
    pub uses: Page<KeyUse>,
    pub without: String,
    pub choices: KeyChoices,
    pub last_test: Option<LastTest>,
    pub now: DateTime<Utc>,
}

#[cfg(feature = "ssr")]
fn key_id(text: &str) -> Result<KeyId, Error> {
    text.parse().map_err(|_| Error::NotFound("key"))
}

/// An id from a list to choose from; empty is none.
#[cfg(feature = "ssr")]
fn chosen<T: std::str::FromStr>(field: &str, text: &str) -> Result<Option<T>, Error> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Error::invalid(field, "Choose one of the list."))
}

/// `global`, `agent:<id>`, `user:<id>`; empty is nobody.
#[cfg(feature = "ssr")]
fn mapping(whom: &str, tool_id: &str, priority: &str) -> Result<Option<NewMapping>, Error> {
    let priority = match priority.trim() {
        "" => 0,
        text => text.parse().map_err(|_| Error::invalid("priority", "A whole number."))?,
    };
    let (context_type, context_id) = match whom.split_once(':') {
        None if whom.is_empty() => return Ok(None),
        None if whom == "global" => (ContextType::Global, None),
        Some(("agent", id)) => (ContextType::Agent, chosen("whom", id)?),
        Some(("user", id)) => (ContextType::User, chosen("whom", id)?),
        _ => return Err(Error::invalid("whom", "Choose one of the list.")),
    };
    Ok(Some(NewMapping { tool_id: chosen("tool_id", tool_id)?, context_type, context_id, priority }))
}

/// A host a line; white space and commas part them too.
#[cfg(feature = "ssr")]
fn hosts(text: &str) -> Vec<String> {
    text.split(|c: char| c.is_whitespace() || c == ',').filter(|host| !host.is_empty()).map(str::to_owned).collect()
}

/// A day as its field shows it; empty is none.
#[cfg(feature = "ssr")]
fn day(at: Option<DateTime<Utc>>) -> String {
    at.map(|at| at.format("%Y-%m-%d").to_string()).unwrap_or_default()
}

/// What a tool is called, among those that ask for keys.
#[cfg(feature = "ssr")]
async fn tool_name(system: &toolcrib::system::System, actor: &toolcrib::actor::Actor, tool: Option<ToolId>) -> Result<String, Error> {
    let Some(tool) = tool else { return Ok("Any tool".to_owned()) };
    let askers = keys::askers(system, actor).await?;
    Ok(askers.into_iter().find(|asker| asker.as_tool() == Some(tool)).map_or_else(|| tool.to_string(), |asker| asker.name))
}

/// The end of that day, in UTC.
#[cfg(feature = "ssr")]
fn end_of_day(text: &str) -> Result<Option<DateTime<Utc>>, Error> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let day = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").map_err(|_| Error::invalid("expires_on", "A date, as 2027-12-31."))?;
    Ok(day.and_hms_opt(23, 59, 59).map(|at| at.and_utc()))
}

/// The names that the form has for what the use case calls otherwise.
#[cfg(feature = "ssr")]
fn as_form(error: Error) -> Error {
    let rename = |error: FieldError| {
        let pointer = match error.pointer.as_str() {
            "/value" => "/secret_value",
            "/expires_at" => "/expires_on",
            "/context_id" | "/mappings/0/context_id" => "/whom",
            "/mappings/0/tool_id" => "/tool_id",
            hosts if hosts.starts_with("/allowed_hosts/") => "/allowed_hosts",
            other => other,
        };
        FieldError { pointer: pointer.to_owned(), message: error.message }
    };
    match error {
        Error::Invalid(errors) => Error::Invalid(errors.into_iter().map(rename).collect()),
        Error::Conflict { message, field } => {
            Error::Conflict { message, field: field.map(|field| if field == "context_id" { "whom".to_owned() } else { field }) }
        }
        other => other,
    }
}

#[cfg(feature = "ssr")]
async fn choices(system: &toolcrib::system::System, actor: &toolcrib::actor::Actor) -> Result<KeyChoices, Error> {
    let askers = keys::askers(system, actor).await?;
    let (agents, _) = agent_list::list(system, actor, None, None, agent_list::MOST).await?;
    let people = members::list(system, actor).await?;
    let agents = agents.into_iter().map(|row| (format!("agent:{}", row.agent.id), format!("Agent: {}", row.agent.display_name)));
    let people = people.into_iter().map(|member| (format!("user:{}", member.user_id), format!("Person: {}", member.name)));
    Ok(KeyChoices { askers, whom: agents.chain(people).collect() })
}

/// Keys whose names hold `search`, newest first if no other order is asked for.
#[server(prefix = "/api/fn", endpoint = "keys/list", input = Json)]
pub async fn list_keys(org: String, search: String, status: String, order: ListOrder) -> Result<KeyList, AppError> {
    let (system, actor) = (context::system()?, context::actor(&org).await?);
    let filter = KeyFilter { text: Some(search), status: KeyStatus::parse(&status), ..KeyFilter::default() };
    // What never happens comes after all that does.
    let expiry = |key: &Key| (key.expires_at.is_none(), key.expires_at);
    let list = Numbered::of(keys::list_all(&system, &actor, filter).await?, &order, |a, b, column| match column {
        "name" => a.display_name.to_lowercase().cmp(&b.display_name.to_lowercase()),
        "type" => a.key_type.label().cmp(b.key_type.label()),
        "status" => a.status.label().cmp(b.status.label()),
        "mapped" => a.mapping_count.cmp(&b.mapping_count),
        "uses" => a.usage_count.cmp(&b.usage_count),
        "last_used" => a.last_used_at.cmp(&b.last_used_at),
        "expires" => expiry(a).cmp(&expiry(b)),
        "created" => a.created_at.cmp(&b.created_at),
        _ => std::cmp::Ordering::Equal,
    });
    let usable: Vec<String> =
        keys::names(&system, &actor).await?.into_iter().filter(|name| name.usable > 0).map(|name| name.key_name).collect();
    let missing = keys::askers(&system, &actor)
        .await?
        .into_iter()
        .filter(|asker| !usable.contains(&asker.key_name) && !asker.is_optional())
        .collect();
    Ok(KeyList { keys: list, missing })
}

/// What the form for a new key offers.
#[server(prefix = "/api/fn", endpoint = "keys/choices")]
pub async fn read_key_choices(org: String) -> Result<KeyChoices, AppError> {
    let (system, actor) = (context::system()?, context::actor(&org).await?);
    actor.require(toolcrib::access::Permission::ManageKeys)?;
    Ok(choices(&system, &actor).await?)
}

/// One key.
#[server(prefix = "/api/fn", endpoint = "keys/get")]
pub async fn get_key(org: String, id: String, #[server(default)] after: String) -> Result<KeyPage, AppError> {
    let (system, actor) = (context::system()?, context::actor(&org).await?);
    let id = key_id(&id)?;
    let after = Some(after.as_str()).filter(|after| !after.is_empty());
    Ok(KeyPage {
        detail: keys::get(&system, &actor, id).await?,
        uses: keys::uses_page(&system, &actor, id, after, None).await?,
        without: breaks(&keys::uses(&system, &actor, id).await?),
        choices: choices(&system, &actor).await?,
        last_test: keys::last_test(&system, &actor, id).await?,
        now: system.clock.now(),
    })
}

/// What stops working without a key, in one sentence.
#[cfg(feature = "ssr")]
fn breaks(uses: &[KeyUse]) -> String {
    const NAMED: usize = 10;
    let working = || uses.iter().filter(|row| row.refused.is_none());
    let mut refused: Vec<&str> = working().filter(|row| row.instead_id.is_none()).map(|row| row.asker_name.as_str()).collect();
    refused.sort_unstable();
    refused.dedup();
    let more = refused.len().saturating_sub(NAMED);
    refused.truncate(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let others = match working().filter(|row| row.instead_id.is_some()).count() {
        0 => String::new(),
        1 => " One kind of call uses another key instead.".to_owned(),
        count => format!(" {count} kinds of call use other keys instead."),
    };
    match refused.as_slice() {
        [] if others.is_empty() => "No call would use it now.".to_owned(),
        [] => others.trim().to_owned(),
        tools => format!("Calls of {}{more} will be refused.{others}", tools.join(", ")),
    }
}

/// Takes a key in.
#[server(prefix = "/api/fn", endpoint = "keys/create")]
pub async fn create_key(
    org: String,
    #[server(default)] key_name: String,
    #[server(default)] secret_value: String,
    #[server(default)] display_name: String,
    #[server(default)] description: String,
    #[server(default)] key_type: String,
    #[server(default)] expires_on: String,
    #[server(default)] allowed_hosts: String,
    #[server(default)] whom: String,
    #[server(default)] tool_id: String,
) -> Result<(), AppError> {
    let (system, actor) = (context::system()?, context::actor(&org).await?);
    let mut new = NewKey::new(&key_name, Secret::new(secret_value));
    new.display_name = display_name;
    new.description = description;
    new.key_type = KeyType::parse(&key_type).unwrap_or_default();
    new.expires_at = end_of_day(&expires_on)?;
    new.allowed_hosts = hosts(&allowed_hosts);
    new.mappings.extend(mapping(&whom, &tool_id, "")?);
    let key = keys::create(&system, &actor, new).await.map_err(as_form)?;
    leptos_axum::redirect(&format!("/{org}/keys/{}", key.id));
    Ok(())
}

/// Changes everything but the value.
#[server(prefix = "/api/fn", endpoint = "keys/change")]
pub async fn change_key(
    org: String,
    id: String,
    #[server(default)] key_name: String,
    #[server(default)] display_name: String,
    #[server(default)] description: String,
    #[server(default)] key_type: String,
    #[server(default)] expires_on: String,
    #[server(default)] allowed_hosts: String,
    #[server(default)] tool_id: String,
    #[server(default)] expected: String,
    #[server(default)] overwrite: String,
) -> Result<(), AppError> {
    let (system, actor) = (context::system()?, context::actor(&org).await?);
    let (id, read) = (key_id(&id)?, conflict::read(&expected, &overwrite)?);
    let stored = keys::get(&system, &actor, id).await?.key;
    // The same day: the time of day that was set otherwise stays.
    let same_day = day(stored.expires_at) == expires_on.trim();
    let (tool, hosts) = (chosen::<ToolId>("tool_id", &tool_id)?, hosts(&allowed_hosts));
    let change = KeyChange {
        key_name: Some(key_name.clone()),
        display_name: Some(display_name.clone()),
        description: Some(description.clone()),
        key_type: KeyType::parse(&key_type),
        tool_id: Some(tool),
        expires_at: Some(if same_day { stored.expires_at } else { end_of_day(&expires_on)? }),
        allowed_hosts: Some(hosts.clone()),
        ..KeyChange::default()
    };
    match keys::change_seen(&system, &actor, id, change, Some(read)).await.map_err(as_form) {
        Err(Error::Stale(message)) => {
            let stored = keys::get(&system, &actor, id).await?.key;
            let kind = KeyType::parse(&key_type).unwrap_or(stored.key_type).label().to_owned();
            let only_for = tool_name(&system, &actor, tool).await?;
            let fields = [
                ("Name", stored.key_name, key_name),
                ("Display name", stored.display_name, display_name),
                ("Description", stored.description, description),
                ("Type", stored.key_type.label().to_owned(), kind),
                ("Last day of use", day(stored.expires_at), expires_on),
                ("Only for", stored.tool_name.unwrap_or_else(|| "Any tool".to_owned()), only_for),
                ("Hosts", stored.allowed_hosts.join("\n"), hosts.join("\n")),
            ];
            return Err(conflict::refusal(message, seen::tag(stored.updated_at), fields));
        }
        other => drop(other?),
    }
    leptos_axum::redirect(&format!("/{org}/keys/{id}"));
    Ok(())
}

/// Puts another value in the place of the old one.
#[server(prefix = "/api/fn", endpoint = "keys/replace")]
pub async fn replace_key_value(
    org: String,
    id: String,
    #[server(default)] secret_value: String,
    #[server(default)] expected: String,
    #[server(default)] overwrite: String,
) -> Result<(), AppError> {
    let (system, actor) = (context::system()?, context::actor(&org).await?);
    let (id, read) = (key_id(&id)?, conflict::read(&expected, &overwrite)?);
    let change = KeyChange { value: Some(Secret::new(secret_value)), ..KeyChange::default() };
    match keys::change_seen(&system, &actor, id, change, Some(read)).await.map_err(as_form) {
        Err(Error::Stale(message)) => {
            let stored = keys::get(&system, &actor, id).await?.key;
            let now = format!("{}, set on {} UTC", stored.masked_value, stored.value_changed_at.format("%Y-%m-%d %H:%M:%S"));
            let fields = [("Value", now, "The new one".to_owned())];
            return Err(conflict::refusal(message, seen::tag(stored.updated_at), fields));
        }
        other => drop(other?),
    }
    leptos_axum::redirect(&format!("/{org}/keys/{id}"));
    Ok(())
}

/// Switches a key on or off.
#[server(prefix = "/api/fn", endpoint = "keys/switch")]
pub async fn switch_key(org: String, id: String, #[server(default)] is_active: bool) -> Result<(), AppError> {
    let (system, actor) = (context::system()?, context::actor(&org).await?);
    let id = key_id(&id)?;
    keys::change(&system, &actor, id, KeyChange { is_active: Some(is_active), ..KeyChange::default() }).await?;
    leptos_axum::redirect(&format!("/{org}/keys/{id}"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "keys/delete")]
pub async fn delete_key(org: String, id: String) -> Result<(), AppError> {
    let (system, actor) = (context::system()?, context::actor(&org).await?);
    keys::delete(&system, &actor, key_id(&id)?).await?;
    leptos_axum::redirect(&format!("/{org}/keys"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "keys/map")]
pub async fn map_key(
    org: String,
    id: String,
    #[server(default)] whom: String,
    #[server(default)] tool_id: String,
    #[server(default)] priority: String,
) -> Result<(), AppError> {
    let (system, actor) = (context::system()?, context::actor(&org).await?);
    let id = key_id(&id)?;
    let new = mapping(&whom, &tool_id, &priority)?.ok_or_else(|| Error::invalid("whom", "Choose for whom the key is."))?;
    keys::map(&system, &actor, id, new).await.map_err(as_form)?;
    leptos_axum::redirect(&format!("/{org}/keys/{id}"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "keys/unmap")]
pub async fn unmap_key(org: String, id: String, mapping_id: String) -> Result<(), AppError> {
    let (system, actor) = (context::system()?, context::actor(&org).await?);
    let id = key_id(&id)?;
    let mapping: KeyMappingId = mapping_id.parse().map_err(|_| Error::NotFound("mapping"))?;
    keys::unmap(&system, &actor, id, mapping).await?;
    leptos_axum::redirect(&format!("/{org}/keys/{id}"));
    Ok(())
}

/// Makes the smallest real call with the key.
#[server(prefix = "/api/fn", endpoint = "keys/test")]
pub async fn test_key(org: String, id: String, #[server(default)] tool_id: String) -> Result<KeyTest, AppError> {
    let (system, actor) = (context::system()?, context::actor(&org).await?);
    let request = TestRequest { tool_id: chosen("tool_id", &tool_id)? };
    Ok(keys::test(&system, &actor, key_id(&id)?, &request).await?)
}

/// Which key a call would get, and why. `None`: no tool was chosen yet.
#[server(prefix = "/api/fn", endpoint = "keys/explain")]
pub async fn explain_key(
    org: String,
    #[server(default)] tool: String,
    #[server(default)] agent: String,
    #[server(default)] person: String,
) -> Result<(KeyChoices, Option<Explanation>), AppError> {
    let (system, actor) = (context::system()?, context::actor(&org).await?);
    actor.require(toolcrib::access::Permission::ManageKeys)?;
    let choices = choices(&system, &actor).await?;
    // `tool` is a tool and, since a script may ask for several, the key: `<id> <name>`.
    let (tool_id, key_name) = tool.split_once(' ').unwrap_or((&tool, ""));
    let Some(tool_id) = chosen::<ToolId>("tool", tool_id)? else { return Ok((choices, None)) };
    let who = Who {
        agent_id: chosen("agent", agent.trim_start_matches("agent:"))?,
        user_id: chosen("person", person.trim_start_matches("user:"))?,
    };
    let explanation = keys::explain(&system, &actor, tool_id, Some(key_name), &who).await?;
    Ok((choices, Some(explanation)))
}
