//! A tool like another, to be changed without touching the first.

use super::{NewTool, Status, Tool, Visibility, batch::portable::as_new, create, get, store};
use crate::{access::Permission, actor::Actor, error::Result, ids::ToolId, system::System};

/// Makes a draft with a name of its own, owned by who asks. Versions, grants, attachments and executions stay with the first.
pub async fn duplicate(system: &System, actor: &Actor, id: ToolId) -> Result<Tool> {
    actor.require(Permission::Build)?;
    let tool = get(system, actor, id).await?;
    let mut tx = system.tenant(actor).await?;
    let mut name = String::new();
    for number in 1..1_000 {
        let ending = if number == 1 { "_copy".to_owned() } else { format!("_copy_{number}") };
        name = format!("{}{ending}", tool.name.chars().take(50 - ending.len()).collect::<String>().trim_end_matches('_'));
        if store::id_of(&mut tx, &name).await?.is_none() {
            break;
        }
    }
    drop(tx);
    let display_name = format!("{} (copy)", tool.display_name.chars().take(190).collect::<String>());
    let visibility = if tool.visibility == Visibility::Platform { Visibility::Private } else { tool.visibility };
    // What was in another's category or a platform tool's stays where it was.
    let new = NewTool { name, display_name, status: Status::Draft, visibility, ..as_new(&tool) };
    create(system, actor, new).await
}
