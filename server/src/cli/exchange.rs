//! `toolcrib export | import`: tools to and from a folder, as an owner of the organization.

use super::folder;
use crate::startup::Database;
use std::path::Path;
use toolcrib::{
    access::Role,
    actor::{Actor, Source},
    config::Config,
    ids::{OrganizationId, UserId},
    system::System,
    tools::batch::{self, ImportAction, ImportReport},
};

/// Which organization, and what with its tools.
pub enum Exchange {
    Export,
    /// Without `write` only what would be done is said.
    Import {
        write: bool,
    },
}

/// Opens the database, does it, and closes the database whatever happened.
pub async fn exchange(config: Config, slug: &str, path: &Path, what: Exchange) -> Result<(), String> {
    let database = Database::open(&config).await?;
    let done = async {
        database.migrate().await?;
        let system = database.system(config).await?;
        let actor = owner_of(&database, slug).await?;
        match what {
            Exchange::Export => export(&system, &actor, path).await,
            Exchange::Import { write } => import(&system, &actor, path, write).await,
        }
    }
    .await;
    let closed = database.close().await;
    done.and(closed)
}

/// The first owner: who has the machine may act for whom it serves. The audit log names the owner.
async fn owner_of(database: &Database, slug: &str) -> Result<Actor, String> {
    let mut connection = database.connect().await?;
    let found: Option<(OrganizationId, UserId, String)> = sqlx::query_as(
        "select o.id, u.id, u.name from organizations o join memberships m on m.organization_id = o.id join users u on u.id = m.user_id
         where o.slug = $1 and m.role = 'owner' order by m.created_at, u.id limit 1",
    )
    .bind(slug)
    .fetch_optional(&mut connection)
    .await
    .map_err(|error| format!("the organization could not be looked up: {error}"))?;
    let (organization_id, user_id, user_name) = found.ok_or_else(|| format!("there is no organization “{slug}”"))?;
    Ok(Actor { organization_id, user_id, user_name, role: Role::Owner, agent_id: None, scopes: None, source: Source::Page, address: None })
}

async fn export(system: &System, actor: &Actor, path: &Path) -> Result<(), String> {
    let document = batch::export(system, actor, &[]).await.map_err(|error| match error {
        toolcrib::Error::NotFound(_) => "the organization has no tools".to_owned(),
        other => other.to_string(),
    })?;
    let others = folder::write(path, &document)?;
    println!("{} written to {}.", count(document.tools.len()), path.display());
    for other in others {
        println!("{} is no tool of this organization; it was left alone.", other.display());
    }
    Ok(())
}

async fn import(system: &System, actor: &Actor, path: &Path, write: bool) -> Result<(), String> {
    let document = folder::read(path)?;
    let preview = batch::preview(system, actor, &document).await.map_err(|error| error.to_string())?;
    if !write {
        show(&preview);
        println!("Nothing was written. Import with --yes.");
        return Ok(());
    }
    let report = batch::import(system, actor, &document, Some(&preview.fingerprint)).await.map_err(|error| error.to_string())?;
    show(&report);
    match report.count(ImportAction::Conflict) {
        0 => Ok(()),
        left => Err(format!("{} could not be imported", count(left))),
    }
}

fn show(report: &ImportReport) {
    for category in &report.new_categories {
        println!("category   {category}");
    }
    for item in &report.items {
        let detail = item.why.clone().unwrap_or_else(|| item.fields.join(", "));
        println!("{:10} {} {detail}", item.action.label().to_lowercase(), item.name);
    }
}

fn count(number: usize) -> String {
    if number == 1 { "1 tool".to_owned() } else { format!("{number} tools") }
}
