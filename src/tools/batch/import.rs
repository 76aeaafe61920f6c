//! A document of tools comes in: first what it would do, then doing it.

use super::{ImportAction, ImportItem, ImportReport, portable};
use crate::{
    Error, Result,
    access::Permission,
    actor::Actor,
    db::TenantTx,
    ids::{CategoryId, ToolId},
    problem::FieldError,
    random,
    system::System,
    tools::{
        self, Category, Kind, Level, NewTool, Status, UpdateTool,
        access::Asker,
        categories::{self, NewCategory},
        check, kinds,
    },
    variables::{self, Known},
};
use portable::{Document, PortableCategory, as_new};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// The most tools one document may hold.
const MOST: usize = 10_000;

/// A tool of the document, read.
struct Wanted {
    new: NewTool,
    category: Vec<String>,
}

/// A tool that is to be written.
struct Step {
    wanted: Wanted,
    item: usize,
}

struct Plan {
    report: ImportReport,
    steps: Vec<Step>,
}

/// What an import of this document would do. Writes nothing.
pub async fn preview(system: &System, actor: &Actor, document: &Document) -> Result<ImportReport> {
    Ok(plan(system, actor, document).await?.report)
}

/// Imports what is in no conflict. `fingerprint`: of the preview that was looked at; refused as stale when it would do something else now.
pub async fn import(system: &System, actor: &Actor, document: &Document, fingerprint: Option<&str>) -> Result<ImportReport> {
    let Plan { mut report, steps } = plan(system, actor, document).await?;
    if fingerprint.is_some_and(|fingerprint| fingerprint != report.fingerprint) {
        return Err(Error::Stale(
            "Tools were changed since the preview; an import would do something else now. Look at the new preview.".to_owned(),
        ));
    }
    for step in steps {
        let Some(item) = report.items.get_mut(step.item) else { continue };
        match write(system, actor, document, step.wanted, item.id, item.version).await {
            Ok(id) => item.id = Some(id),
            Err(Error::Internal(source)) => return Err(Error::Internal(source)),
            Err(error) => {
                item.action = ImportAction::Conflict;
                item.why = Some(error.told());
            }
        }
    }
    Ok(report)
}

fn said(errors: &[FieldError]) -> String {
    errors.iter().map(|error| format!("{}: {}", error.pointer.trim_start_matches('/'), error.message)).collect::<Vec<_>>().join(" ")
}

/// A document's tool, or why it cannot be read.
fn read(fields: &Map<String, Value>, variables: &[Known]) -> std::result::Result<Wanted, String> {
    let mut fields = fields.clone();
    let category = match fields.shift_remove("category") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(name)) => vec![name],
        Some(path) => serde_json::from_value(path).map_err(|_| "category: A list of names, from the top down.".to_owned())?,
    };
    // Ids mean nothing elsewhere.
    fields.shift_remove("category_id");
    let mut new: NewTool = serde_json::from_value(Value::Object(fields)).map_err(|error| format!("{error}."))?;
    // Any status may come in; the rules for new tools know two.
    let status = std::mem::replace(&mut new.status, Status::Draft);
    let errors = check::check_tool_knowing(&mut new, variables);
    if !errors.is_empty() {
        return Err(said(&errors));
    }
    new.status = status;
    Ok(Wanted { new, category })
}

async fn plan(system: &System, actor: &Actor, document: &Document) -> Result<Plan> {
    actor.require(Permission::Build)?;
    if document.tools.len() > MOST {
        return Err(Error::TooLarge(format!("A document has at most {MOST} tools.")));
    }
    let mut tx = system.tenant(actor).await?;
    let now = system.clock.now();
    let known = categories::store::all(&mut tx, Asker::of(actor), now).await?;
    let variables = variables::known(&variables::store::all(&mut tx).await?);
    let (mut items, mut steps, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    let mut new_categories: Vec<String> = Vec::new();
    for fields in &document.tools {
        let name = fields.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut item = ImportItem { name, action: ImportAction::Conflict, id: None, version: None, fields: Vec::new(), why: None };
        match read(fields, &variables) {
            Err(why) => item.why = Some(why),
            Ok(wanted) if !seen.insert(wanted.new.name.clone()) => item.why = Some("This name stands in the document twice.".to_owned()),
            Ok(mut wanted) => {
                let mut errors = Vec::new();
                crate::workflows::composite::fill(&mut tx, actor, &mut wanted.new, None, now, &mut errors).await?;
                compare(&mut tx, actor, &known, &wanted, &mut item, now).await?;
                if matches!(item.action, ImportAction::Create | ImportAction::Update) {
                    kinds::check_stored(&mut tx, &wanted.new, &mut errors).await?;
                    if !errors.is_empty() {
                        (item.action, item.why) = (ImportAction::Conflict, Some(said(&errors)));
                    }
                }
                if matches!(item.action, ImportAction::Create | ImportAction::Update) {
                    for name in &wanted.category {
                        if !known.iter().any(|category| category.name == *name) && !new_categories.contains(name) {
                            new_categories.push(name.clone());
                        }
                    }
                    steps.push(Step { wanted, item: items.len() });
                }
            }
        }
        items.push(item);
    }
    let fingerprint = fingerprint(&items, &new_categories, document)?;
    Ok(Plan { report: ImportReport { items, new_categories, fingerprint }, steps })
}

/// What names a preview: everything it says, and the document.
fn fingerprint(items: &[ImportItem], new_categories: &[String], document: &Document) -> Result<String> {
    let told = serde_json::to_value((items, new_categories, document)).map_err(|error| Error::Internal(error.into()))?;
    Ok(hex::encode(random::hash(&told.to_string())))
}

/// What is to be done with one tool.
async fn compare(
    tx: &mut TenantTx,
    actor: &Actor,
    known: &[Category],
    wanted: &Wanted,
    item: &mut ImportItem,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<()> {
    let Some(id) = tools::store::id_of(tx, &wanted.new.name).await? else {
        if wanted.new.kind == Kind::Mcp {
            item.why = Some(
                "MCP tools are imported from their server, which says what they are. Register it, and choose this one there.".to_owned(),
            );
        } else {
            item.action = ImportAction::Create;
        }
        return Ok(());
    };
    let found = tools::store::find(tx, Asker::of(actor), id, now).await?;
    let Some((tool, _)) = found.filter(|(_, level)| *level == Level::Admin) else {
        item.why = Some("A tool of this name exists that you may not change.".to_owned());
        return Ok(());
    };
    (item.id, item.version) = (Some(id), Some(tool.version));
    if tool.kind != wanted.new.kind {
        item.why = Some(format!("A tool of this name exists of another kind: {}.", tool.kind.label()));
        return Ok(());
    }
    let mut current = as_new(&tool);
    let standing = tool.category_id.and_then(|id| known.iter().find(|category| category.id == id)).map(|category| &category.name);
    if standing != wanted.category.last() {
        item.fields.push("category".to_owned());
    }
    let mut next = wanted.new.clone();
    (current.category_id, next.category_id) = (None, None);
    let json = |tool: &NewTool| serde_json::to_value(tool).map_err(|error| Error::Internal(error.into()));
    if let (Value::Object(current), Value::Object(next)) = (json(&current)?, json(&next)?) {
        item.fields.extend(next.into_iter().filter(|(name, value)| current.get(name) != Some(value)).map(|(name, _)| name));
    }
    if item.fields.iter().any(|field| field == "status") && !reaches(tool.status, wanted.new.status) {
        item.why = Some(format!("A tool that is {} cannot become {}.", tool.status, wanted.new.status));
        return Ok(());
    }
    item.action = if item.fields.is_empty() { ImportAction::Unchanged } else { ImportAction::Update };
    Ok(())
}

/// Whether the status machine leads from one to the other.
fn reaches(from: Status, to: Status) -> bool {
    from == to || from.may_become(to) || (from.may_become(Status::Active) && Status::Active.may_become(to))
}

async fn write(
    system: &System,
    actor: &Actor,
    document: &Document,
    wanted: Wanted,
    id: Option<ToolId>,
    version: Option<i32>,
) -> Result<ToolId> {
    let Wanted { mut new, category } = wanted;
    let category_id = ensure(system, actor, document, &category).await?;
    let status = std::mem::replace(&mut new.status, Status::Draft);
    let tool = match id {
        None => {
            new.category_id = category_id;
            tools::create(system, actor, new).await?
        }
        Some(id) => {
            let Value::Object(mut fields) = serde_json::to_value(&new).map_err(|error| Error::Internal(error.into()))? else {
                return Err(Error::internal("a tool is no object"));
            };
            for name in ["kind", "status", "category_id"] {
                fields.shift_remove(name);
            }
            let change: UpdateTool = serde_json::from_value(Value::Object(fields)).map_err(|error| Error::Internal(error.into()))?;
            let change =
                UpdateTool { category_id: Some(category_id), expected_version: version, changelog: "Imported".to_owned(), ..change };
            tools::update(system, actor, id, change).await?
        }
    };
    if tool.status != status {
        if !tool.status.may_become(status) {
            tools::status::change_status_with(system, actor, tool.id, Status::Active, true).await?;
        }
        if status != Status::Active || tool.status.may_become(status) {
            tools::status::change_status_with(system, actor, tool.id, status, true).await?;
        }
    }
    Ok(tool.id)
}

/// The category of the last name. Names are unique in an organization: one that is there is taken wherever it stands.
async fn ensure(system: &System, actor: &Actor, document: &Document, path: &[String]) -> Result<Option<CategoryId>> {
    let Some(name) = path.last() else { return Ok(None) };
    let known = categories::list(system, actor).await?;
    if let Some(found) = known.iter().find(|category| category.name == *name) {
        return Ok(Some(found.id));
    }
    let mut parent_id = None;
    for (place, name) in path.iter().enumerate() {
        parent_id = Some(match known.iter().find(|category| category.name == *name) {
            Some(found) => found.id,
            None => {
                let described = |category: &&PortableCategory| category.path == path[..=place];
                let description = document.categories.iter().find(described).map(|category| category.description.clone());
                let new = NewCategory { name: name.clone(), description: description.unwrap_or_default(), parent_id };
                categories::create(system, actor, new).await?.id
            }
        });
    }
    Ok(parent_id)
}
