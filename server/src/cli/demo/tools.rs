//! What the demo's tools are made from.

use super::read;
use serde_json::{Value, json};
use std::net::SocketAddr;
use toolcrib::{Error, Result, ids::CategoryId, tools::NewTool};

const TOOLS: &str = include_str!("../../../demo/tools.json");
const SCRIPTS: [(&str, &str); 3] = [
    ("load_csv_data", include_str!("../../../demo/load_csv_data.py")),
    ("calculate_profit_margins", include_str!("../../../demo/calculate_profit_margins.py")),
    ("generate_report", include_str!("../../../demo/generate_report.py")),
];

const TESTS: &str = include_str!("../../../demo/test_calculate_profit_margins.py");

const LOW_STOCK: &str = include_str!("../../../demo/low_stock.sh");

/// Where tools stand in the tree.
pub struct Places {
    pub reports: CategoryId,
    pub operations: CategoryId,
    pub voice: CategoryId,
}

/// Those that work at once.
pub fn ready(addr: SocketAddr, places: &Places) -> Result<Vec<NewTool>> {
    let mut definitions: Vec<Value> = serde_json::from_str(TOOLS).map_err(|error| Error::internal(error.to_string()))?;
    for definition in &mut definitions {
        let script = SCRIPTS.iter().find(|(name, _)| definition["name"] == *name).map(|(_, script)| *script);
        definition["script_content"] = json!(script);
        definition["category_id"] = json!(places.reports);
        if definition["name"] == "calculate_profit_margins" {
            definition["test_content"] = json!(TESTS);
        }
    }
    definitions.push(json!({
        "name": "check_service_health", "display_name": "Check service health", "kind": "api_request", "status": "active",
        "visibility": "public", "tags": ["operations"], "category_id": places.operations,
        "description": "Asks a part of this Toolcrib server whether it is ready.",
        "input_schema": {
            "$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "required": ["probe"], "additionalProperties": false,
            "properties": {"probe": {"type": "string", "enum": ["healthz", "readyz"], "description": "Which question to ask", "default": "readyz"}}
        },
        "api_spec": {"baseUrl": format!("http://{addr}"), "path": "/{probe}", "method": "GET", "headers": {"Accept": "application/json"}}
    }));
    definitions.push(json!({
        "name": "low_stock", "display_name": "Low stock", "kind": "shell", "status": "active", "visibility": "public", "tags": ["products"],
        "category_id": places.operations, "rate_limit_per_minute": 2, "description": "Lists products of which less than a number is left.",
        "input_schema": {
            "$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "required": ["least"], "additionalProperties": false,
            "properties": {"least": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 10, "description": "What should be left at least"}}
        },
        "script_content": LOW_STOCK
    }));
    definitions.push(json!({
        "name": "estimate_margin", "display_name": "Estimate a margin", "kind": "python", "status": "active", "visibility": "public",
        "tags": ["products"], "category_id": places.reports, "description": "One product's margin. Calculate profit margins does it for all at once.",
        "input_schema": {
            "$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "required": ["cost", "price"], "additionalProperties": false,
            "properties": {"cost": {"type": "number", "minimum": 0}, "price": {"type": "number", "exclusiveMinimum": 0}}
        },
        "script_content": "def main(cost: float, price: float) -> dict:\n    return {\"margin\": round((price - cost) / price, 4)}\n"
    }));
    definitions.push(json!({
        "name": "transfer_to_team", "display_name": "Transfer to a team", "kind": "transfer_call", "status": "active", "visibility": "public",
        "tags": ["voice"], "category_id": places.voice, "description": "Hands the caller over to the team that can help.",
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
    definitions.push(json!({
        "name": "failed_calls", "display_name": "Failed calls", "kind": "api_request", "status": "active", "visibility": "private",
        "tags": ["operations"], "category_id": places.operations,
        "description": "The latest failed calls of this organization's tools, asked from Toolcrib's own API with a key.",
        "input_schema": {
            "$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "additionalProperties": false,
            "properties": {"limit": {"type": "integer", "minimum": 1, "maximum": 50, "default": 5, "description": "How many at most"}}
        },
        "api_spec": {
            "baseUrl": format!("http://{addr}"), "path": "/v1/executions", "method": "GET", "queryParams": {"status": "failed", "limit": "{{limit}}"},
            "authType": "bearer", "authKeyName": super::keys::NAME
        }
    }));
    read(definitions)
}

/// Tools that need an account elsewhere: ready to be completed with keys.
pub fn drafts(places: &Places) -> Result<Vec<NewTool>> {
    read(vec![
        json!({
            "name": "send_confirmation", "display_name": "Send a confirmation", "kind": "sms", "visibility": "public", "tags": ["voice"], "category_id": places.voice,
            "description": "Sends the caller a text message after the call. Needs the keys of a Twilio account.",
            "config_metadata": {
                "from": {"type": "called_number"},
                "text": {"mode": "ai", "prompt": "What was agreed, in two sentences and in the caller's language.", "schema": {"type": "string", "maxLength": 320}},
                "recipients": {"mode": "array_extendable", "value": ["{{caller_phone_number}}"], "prompt": "Others who shall get the message too"}
            }
        }),
        json!({
            "name": "create_ticket", "display_name": "Create a ticket", "kind": "pipedream_action", "visibility": "public", "tags": ["voice"], "category_id": places.voice,
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
