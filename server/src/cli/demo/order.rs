//! What keeps the demo's tools in order: categories, tests, versions, a grant.

use super::{find, tools::Places};
use chrono::Duration;
use toolcrib::{
    Result,
    actor::Actor,
    grants::{self, GrantPermission, Subject},
    ids::{AgentId, CategoryId},
    system::System,
    tools::{
        self, Status, Tool, UpdateTool,
        categories::{self, NewCategory},
        testing,
    },
};

pub async fn categories(system: &System, actor: &Actor) -> Result<Places> {
    let sales = category(system, actor, "Sales", "What sales and purchasing work with.", None).await?;
    Ok(Places {
        reports: category(system, actor, "Reports", "From the products file to a report.", Some(sales)).await?,
        operations: category(system, actor, "Operations", "Whether everything runs.", None).await?,
        voice: category(system, actor, "Voice", "During and after phone calls.", None).await?,
    })
}

async fn category(system: &System, actor: &Actor, name: &str, description: &str, parent_id: Option<CategoryId>) -> Result<CategoryId> {
    let new = NewCategory { name: name.to_owned(), description: description.to_owned(), parent_id };
    Ok(categories::create(system, actor, new).await?.id)
}

/// Runs a script's tests, and gives it a second version.
pub async fn test_and_improve(system: &System, actor: &Actor, tools: &[Tool]) -> Result<()> {
    let margins = find(tools, "calculate_profit_margins")?;
    testing::run::run(system, actor, margins).await?;
    let change = UpdateTool {
        description: Some(
            "Calculates profit margins from products with cost and price: the average, by category, the most profitable products, and those that lose money."
                .to_owned(),
        ),
        changelog: "Says that products which lose money are listed too".to_owned(),
        ..UpdateTool::default()
    };
    tools::update(system, actor, margins, change).await?;
    Ok(())
}

/// The agent may call the private tool for thirty days: attaching gave it a grant without an end.
pub async fn grant(system: &System, actor: &Actor, agent: AgentId, tools: &[Tool]) -> Result<()> {
    let until = system.clock.now() + Duration::days(30);
    grants::set(system, actor, find(tools, "failed_calls")?, Subject::agent(agent), Some(GrantPermission::Execute), Some(until)).await
}

/// A tool that another one replaces: who uses it is told so.
pub async fn retire(system: &System, actor: &Actor, tools: &[Tool]) -> Result<()> {
    tools::change_status(system, actor, find(tools, "estimate_margin")?, Status::Deprecated).await?;
    Ok(())
}
