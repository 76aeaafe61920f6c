//! `toolcrib demo`: an organization that shows every feature, on real data. Everything goes through the use cases that pages and REST go
//! through, and every execution, failure and run in it really happened; nothing is inserted.

use serde_json::{Value, json};
use std::{fmt::Write as _, net::SocketAddr, path::Path};
use toolcrib::{
    Error, Result,
    access::Role,
    actor::{Actor, Source},
    agents::{self, NewAgent, NewAttachment},
    executions::{ExecuteRequest, execute},
    ids::ToolId,
    organizations::NewOrganization,
    random,
    system::System,
    tools::{self, NewTool, Tool},
    users::{self, NewUser, Visit},
    variables::{self, NewVariable},
    workflows::{self, NewWorkflow, StartRun},
};

const TOOLS: &str = include_str!("../../demo/tools.json");
const SCRIPTS: [(&str, &str); 3] = [
    ("load_csv_data", include_str!("../../demo/load_csv_data.py")),
    ("calculate_profit_margins", include_str!("../../demo/calculate_profit_margins.py")),
    ("generate_report", include_str!("../../demo/generate_report.py")),
];

/// How to get in.
pub struct SignIn {
    pub email: String,
    pub password: String,
    pub slug: String,
}

/// Fills an empty database; `None` when somebody has set it up already. `addr` is where this server listens: the demo's API tool calls it.
pub async fn fill(system: &System, addr: SocketAddr) -> Result<Option<SignIn>> {
    if !users::set_up::needed(system).await? {
        return Ok(None);
    }
    let password = random::secret("demo-");
    let email = "demo@example.com".to_owned();
    let (user, organization, _) = users::set_up::set_up(
        system,
        NewOrganization { name: "Northwind Supplies".to_owned(), slug: "northwind".to_owned() },
        NewUser { name: "Dana Demo".to_owned(), email: email.clone(), password: password.clone() },
        &Visit::default(),
    )
    .await?;
    let actor = Actor {
        organization_id: organization.id,
        user_id: user.id,
        user_name: user.name,
        role: Role::Owner,
        agent_id: None,
        scopes: None,
        source: Source::Demo,
        address: None,
    };
    let files = system.config.data_dir.join("files").join(organization.id.to_string());
    write_products(&files).await?;

    let office = NewVariable {
        name: "office_address".to_owned(),
        description: "Where customers find us".to_owned(),
        value: Some("Hafenstraße 12, Hamburg".to_owned()),
    };
    variables::create(system, &actor, office).await?;
    let mut made = Vec::new();
    for new in new_tools(addr)? {
        made.push(tools::create::create(system, &actor, new).await?);
    }
    for new in drafts()? {
        tools::create::create(system, &actor, new).await?;
    }
    let agent = agents::create::create(
        system,
        &actor,
        NewAgent {
            name: "sales_analyst".to_owned(),
            display_name: "Sales analyst".to_owned(),
            description: "Answers questions about products and their margins.".to_owned(),
        },
    )
    .await?;
    for tool in &made {
        let attachment = NewAttachment { tool_id: tool.id, usage_comments: String::new(), pinned_version: None };
        agents::attach::attach(system, &actor, agent.id, attachment).await?;
    }
    super::demo_keys::fill(system, &actor, addr, agent.id).await?;
    call_tools(system, &actor, &made).await?;
    run_workflow(system, &actor, &made).await?;
    Ok(Some(SignIn { email, password, slug: organization.slug }))
}

fn find(tools: &[Tool], name: &str) -> Result<ToolId> {
    tools.iter().find(|tool| tool.name == name).map(|tool| tool.id).ok_or_else(|| Error::internal(format!("the demo has no tool {name}")))
}

fn new_tools(addr: SocketAddr) -> Result<Vec<NewTool>> {
    let mut definitions: Vec<Value> = serde_json::from_str(TOOLS).map_err(|error| Error::internal(error.to_string()))?;
    for definition in &mut definitions {
        let script = SCRIPTS.iter().find(|(name, _)| definition["name"] == *name).map(|(_, script)| *script);
        definition["script_content"] = json!(script);
    }
    definitions.push(json!({
        "name": "check_service_health", "display_name": "Check service health", "kind": "api_request", "status": "active",
        "visibility": "public", "tags": ["operations"],
        "description": "Asks a part of this Toolcrib server whether it is ready.",
        "input_schema": {
            "$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "required": ["probe"], "additionalProperties": false,
            "properties": {"probe": {"type": "string", "enum": ["healthz", "readyz"], "description": "Which question to ask", "default": "readyz"}}
        },
        "api_spec": {"baseUrl": format!("http://{addr}"), "path": "/{probe}", "method": "GET", "headers": {"Accept": "application/json"}}
    }));
    definitions.push(json!({
        "name": "transfer_to_team", "display_name": "Transfer to a team", "kind": "transfer_call", "status": "active", "visibility": "public",
        "tags": ["voice"], "description": "Hands the caller over to the team that can help.",
        "config_metadata": {
            "destinations": [
                {"name": "billing", "description": "Invoices, refunds, payment", "type": "number", "number": "+49 40 5550100", "extension": "12"},
                {"name": "warehouse", "description": "Where a delivery is", "type": "sip", "sip_uri": "sip:warehouse@northwind.example"},
                {"name": "mailbox", "description": "Leave a message", "type": "number", "number": "+49 40 5550199"}
            ],
            "destination": {"mode": "ai", "prompt": "Which team can help the caller best?"},
            "message": {"mode": "fixed", "value": "I am connecting you now. You can also visit us: {{office_address}}."},
            "business_hours": {
                "time_zone": "Europe/Berlin",
                "days": {"monday": ["08:00-18:00"], "tuesday": ["08:00-18:00"], "wednesday": ["08:00-18:00"], "thursday": ["08:00-18:00"], "friday": ["08:00-16:00"]},
                "outside": {"do": "transfer", "destination": "mailbox"}
            }
        }
    }));
    read(definitions)
}

/// Tools that need an account elsewhere: ready to be completed with keys.
fn drafts() -> Result<Vec<NewTool>> {
    read(vec![
        json!({
            "name": "send_confirmation", "display_name": "Send a confirmation", "kind": "sms", "visibility": "public", "tags": ["voice"],
            "description": "Sends the caller a text message after the call. Needs the keys of a Twilio account.",
            "config_metadata": {
                "from": {"type": "called_number"},
                "text": {"mode": "ai", "prompt": "What was agreed, in two sentences and in the caller's language.", "schema": {"type": "string", "maxLength": 320}},
                "recipients": {"mode": "array_extendable", "value": ["{{caller_phone_number}}"], "prompt": "Others who shall get the message too"}
            }
        }),
        json!({
            "name": "create_ticket", "display_name": "Create a ticket", "kind": "pipedream_action", "visibility": "public", "tags": ["voice"],
            "description": "Opens an issue in the team's GitLab project. Needs the keys of a Pipedream project.",
            "config_metadata": {
                "id": "gitlab-create-issue", "project_id": "proj_example", "environment": "development",
                "external_user_id": {"mode": "fixed", "value": "{{organization_slug}}"},
                "configured_props": {
                    "gitlab": {"mode": "fixed", "value": {"authProvisionId": "apn_example"}},
                    "title": {"mode": "ai", "prompt": "The problem in a few words", "schema": {"type": "string", "maxLength": 120}},
                    "labels": {"mode": "array_extendable", "value": ["voice"], "prompt": "Further labels", "schema": {"type": "array", "items": {"type": "string"}}}
                }
            }
        }),
    ])
}

fn read(definitions: Vec<Value>) -> Result<Vec<NewTool>> {
    definitions
        .into_iter()
        .map(|definition| serde_json::from_value(definition).map_err(|error| Error::internal(error.to_string())))
        .collect()
}

/// A few calls of each tool; some of them fail as they would in real life, so that the dashboards have something to say.
async fn call_tools(system: &System, actor: &Actor, tools: &[Tool]) -> Result<()> {
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
    let transfer = find(tools, "transfer_to_team")?;
    for destination in ["billing", "warehouse"] {
        execute(system, actor, ExecuteRequest::new(transfer, json!({"destination": destination}))).await?;
    }
    execute(system, actor, ExecuteRequest::new(load, json!({"file": "suppliers.csv"}))).await?;
    execute(system, actor, ExecuteRequest::new(load, json!({"file": "products.csv", "limit": 0}))).await?;
    execute(system, actor, ExecuteRequest::new(margins, json!({"rows": []}))).await?;
    Ok(())
}

/// The three tools in a row, as a workflow, run twice.
async fn run_workflow(system: &System, actor: &Actor, tools: &[Tool]) -> Result<()> {
    let definition = json!({
        "nodes": [
            {"id": "input", "type": "input", "position": {"x": 0, "y": 0}, "config": {"fields": [
                {"name": "file", "type": "string", "required": true, "description": "Name of the products file", "default": "products.csv"},
                {"name": "title", "type": "string", "required": true, "description": "Heading of the report", "default": "Margins"}]}},
            {"id": "load", "toolId": find(tools, "load_csv_data")?, "position": {"x": 280, "y": 0}},
            {"id": "margins", "toolId": find(tools, "calculate_profit_margins")?, "position": {"x": 560, "y": 0}, "config": {"inputs": {"top": 5}}},
            {"id": "report", "toolId": find(tools, "generate_report")?, "position": {"x": 840, "y": 0}},
            {"id": "output", "type": "output", "position": {"x": 1120, "y": 0}}
        ],
        "edges": [
            {"id": "e1", "source": "input", "target": "load", "mapping": {"file": "file"}},
            {"id": "e2", "source": "load", "target": "margins", "mapping": {"rows": "rows"}},
            {"id": "e3", "source": "margins", "target": "report", "mapping": {"average_margin": "average_margin", "by_category": "by_category", "top_products": "top_products"}},
            {"id": "e4", "source": "input", "target": "report", "mapping": {"title": "title"}},
            {"id": "e5", "source": "report", "target": "output", "mapping": {"report": "report"}}
        ]
    });
    let new: NewWorkflow = serde_json::from_value(json!({
        "name": "margin_report", "display_name": "Margin report", "visibility": "public",
        "description": "Loads the products, calculates their margins and writes a report.", "definition": definition
    }))
    .map_err(|error| Error::internal(error.to_string()))?;
    let workflow = workflows::create::create(system, actor, new).await?;
    for title in ["Margins of the spring catalogue", "Margins of the autumn catalogue"] {
        let start: StartRun = serde_json::from_value(json!({"input": {"file": "products.csv", "title": title}, "wait": true}))
            .map_err(|error| Error::internal(error.to_string()))?;
        workflows::execute::execute(system, actor, workflow.id, start).await?;
    }
    Ok(())
}

/// 320 products with cost and price. Made by arithmetic rather than chance, so that every demo shows the same numbers.
async fn write_products(files: &Path) -> Result<()> {
    const CATEGORIES: [(&str, [&str; 8]); 5] = [
        ("Beverages", ["Green tea", "Dark roast", "Apple juice", "Ginger ale", "Oat drink", "Mineral water", "Espresso", "Cocoa"]),
        ("Bakery", ["Rye bread", "Croissant", "Bagel", "Pretzel", "Baguette", "Brioche", "Crispbread", "Panettone"]),
        ("Dairy", ["Butter", "Gouda", "Yoghurt", "Feta", "Cream", "Ricotta", "Kefir", "Camembert"]),
        ("Produce", ["Apples", "Carrots", "Spinach", "Pears", "Leeks", "Tomatoes", "Plums", "Beetroot"]),
        ("Pantry", ["Lentils", "Basmati rice", "Olive oil", "Penne", "Sea salt", "Honey", "Chickpeas", "Mustard"]),
    ];
    const SIZES: [&str; 8] = ["small", "medium", "large", "family", "organic", "premium", "classic", "trial"];
    let mut csv = String::from("id,name,category,cost,price,stock\n");
    let mut id = 0_u32;
    for (category, names) in CATEGORIES {
        for name in names {
            for size in SIZES {
                id += 1;
                let cost = 0.80 + f64::from(id * 37 % 91) / 10.0;
                let factor = 1.12 + f64::from(id * 53 % 70) / 100.0;
                // The trial sizes are sold below cost.
                let price = cost * if size == "trial" { 0.9 } else { factor };
                let stock = id * 29 % 240;
                let _ = writeln!(csv, "{id},{name} {size},{category},{cost:.2},{price:.2},{stock}");
            }
        }
    }
    let failed =
        |error: std::io::Error| Error::Unavailable(format!("The demo's file could not be written to {}: {error}", files.display()));
    tokio::fs::create_dir_all(files).await.map_err(failed)?;
    tokio::fs::write(files.join("products.csv"), csv).await.map_err(failed)
}
