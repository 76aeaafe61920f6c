//! Calls and runs that really happen.

use super::{find, read_one};
use serde_json::json;
use toolcrib::{
    Error, Result,
    actor::Actor,
    agents::{self, NewAttachment},
    executions::{ExecuteRequest, execute},
    ids::{AgentId, WorkflowId},
    system::System,
    tools::Tool,
    workflows::{
        self, NewComposite, NewWorkflow, Publish, StartRun, UpdateWorkflow, Workflow,
        graph::{Edge, Node},
    },
};

/// A few calls of each tool; some of them fail as they would in real life, so that the dashboards have something to say.
pub async fn call_tools(system: &System, actor: &Actor, agent: AgentId, tools: &[Tool]) -> Result<()> {
    let load = find(tools, "load_csv_data")?;
    let margins = find(tools, "calculate_profit_margins")?;
    let health = find(tools, "check_service_health")?;
    for limit in [10, 50, 100, 320] {
        let loaded = execute(system, actor, ExecuteRequest::new(load, json!({"file": "products.csv", "limit": limit}))).await?;
        if let Some(rows) = loaded.outputs.as_ref().and_then(|output| output.get("rows")) {
            execute(system, actor, ExecuteRequest::new(margins, json!({"rows": rows, "top": 5}))).await?;
        }
    }
    for probe in ["healthz", "readyz", "healthz", "readyz"] {
        execute(system, actor, ExecuteRequest::new(health, json!({"probe": probe}))).await?;
    }
    // The third call within a minute is over the tool's limit, and refused.
    for least in [10, 40, 80] {
        match execute(system, actor, ExecuteRequest::new(find(tools, "low_stock")?, json!({"least": least}))).await {
            Ok(_) | Err(Error::RateLimited { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    execute(system, actor, ExecuteRequest::new(find(tools, "estimate_margin")?, json!({"cost": 2.4, "price": 3.2}))).await?;
    let transfer = find(tools, "transfer_to_team")?;
    for destination in ["billing", "warehouse"] {
        execute(system, actor, ExecuteRequest::new(transfer, json!({"destination": destination}))).await?;
    }
    for agent_id in [None, Some(agent)] {
        execute(system, actor, ExecuteRequest { agent_id, ..ExecuteRequest::new(find(tools, "failed_calls")?, json!({"limit": 5})) })
            .await?;
    }
    execute(system, actor, ExecuteRequest::new(load, json!({"file": "suppliers.csv"}))).await?;
    execute(system, actor, ExecuteRequest::new(load, json!({"file": "products.csv", "limit": 0}))).await?;
    execute(system, actor, ExecuteRequest::new(margins, json!({"rows": []}))).await?;
    Ok(())
}

/// The three tools in a row, as a workflow, run twice; a third run asks for a file that is not there.
pub async fn run_workflow(system: &System, actor: &Actor, agent: AgentId, tools: &[Tool]) -> Result<WorkflowId> {
    let definition = json!({
        "nodes": [
            {"id": "input", "type": "input", "config": {"fields": [
                {"name": "file", "type": "string", "required": true, "description": "Name of the products file", "default": "products.csv"},
                {"name": "title", "type": "string", "required": true, "description": "Heading of the report", "default": "Margins"}]}},
            {"id": "load", "toolId": find(tools, "load_csv_data")?},
            {"id": "margins", "toolId": find(tools, "calculate_profit_margins")?, "config": {"inputs": {"top": 5}}},
            {"id": "report", "toolId": find(tools, "generate_report")?},
            {"id": "output", "type": "output"}
        ],
        "edges": [
            {"id": "e1", "source": "input", "target": "load", "mapping": {"file": "file"}},
            {"id": "e2", "source": "load", "target": "margins", "mapping": {"rows": "rows"}},
            {"id": "e3", "source": "margins", "target": "report", "mapping": {"average_margin": "average_margin", "by_category": "by_category", "top_products": "top_products"}},
            {"id": "e4", "source": "input", "target": "report", "mapping": {"title": "title"}},
            {"id": "e5", "source": "report", "target": "output", "mapping": {"report": "report"}}
        ]
    });
    let mut new: NewWorkflow = read_one(json!({
        "name": "margin_report", "display_name": "Margin report", "visibility": "public",
        "description": "Loads the products, calculates their margins and writes a report.", "definition": definition
    }))?;
    workflows::canvas::lay_out::lay_out(&mut new.definition);
    let workflow = workflows::create::create(system, actor, new).await?;
    let runs = [("products.csv", "spring"), ("products.csv", "autumn"), ("prices.csv", "winter")];
    for (file, season) in runs {
        let input = json!({"file": file, "title": format!("Margins of the {season} catalogue")});
        let start: StartRun = read_one(json!({"input": input, "wait": true}))?;
        workflows::execute::execute(system, actor, workflow.id, start).await?;
    }
    let id = workflow.id;
    publish(system, actor, agent, workflow).await?;
    Ok(id)
}

/// The workflow is published, and a tool that the agent has and calls; then somebody goes on with the draft, and asks before the report.
async fn publish(system: &System, actor: &Actor, agent: AgentId, workflow: Workflow) -> Result<()> {
    let note = "Five products with the highest margins, as the buyers asked for.".to_owned();
    workflows::publish::publish(system, actor, workflow.id, Publish { revision: workflow.revision, note }).await?;
    let tool = workflows::composite::make_tool(system, actor, workflow.id, NewComposite::default()).await?;
    let attachment = NewAttachment { tool_id: tool.id, usage_comments: String::new(), pinned_version: None };
    agents::attach::attach(system, actor, agent, attachment).await?;
    let inputs = json!({"file": "products.csv", "title": "Margins, asked for by the agent"});
    execute(system, actor, ExecuteRequest { agent_id: Some(agent), ..ExecuteRequest::new(tool.id, inputs) }).await?;
    let mut draft = workflow.definition;
    let ask: Node = read_one(json!({"id": "check", "type": "approval",
        "config": {"message": "Send this report to the buyers?", "expiresAfterMs": 86_400_000, "onExpiry": "reject"}}))?;
    let then: Edge = read_one(json!({"id": "e6", "source": "report", "target": "check"}))?;
    draft.nodes.push(ask);
    draft.edges.push(then);
    workflows::canvas::lay_out::lay_out(&mut draft);
    let change = UpdateWorkflow { revision: workflow.revision, definition: Some(draft), ..UpdateWorkflow::default() };
    let draft = workflows::update::update(system, actor, workflow.id, change).await?;
    let start: StartRun = read_one(json!({"input": {"file": "products.csv", "title": "Margins, to be checked"}, "draft": true}))?;
    workflows::execute::execute(system, actor, draft.id, start).await?;
    Ok(())
}
