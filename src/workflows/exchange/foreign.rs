//! Exports of other products, recognised by their shape. Their steps run those products' own code: nothing here pretends to be it.

use super::n8n;
use crate::workflows::graph::Definition;
use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    N8n,
    Dify,
    Make,
    Zapier,
    LangFlow,
    NodeRed,
}

/// A foreign workflow: its steps, and what here would do each.
#[derive(Clone, Debug, PartialEq)]
pub struct Foreign {
    pub product: Product,
    pub name: String,
    pub steps: Vec<ForeignStep>,
    /// Its steps by name and order, set to nothing: a beginning.
    pub outline: Option<Definition>,
    /// What the outline leaves out.
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignStep {
    pub name: String,
    /// As its product calls the type.
    pub kind: String,
    /// What here would do the same.
    pub here: String,
}

impl Product {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::N8n => "n8n",
            Self::Dify => "Dify",
            Self::Make => "Make",
            Self::Zapier => "Zapier",
            Self::LangFlow => "LangFlow",
            Self::NodeRed => "Node-RED",
        }
    }

    /// What to do with it here.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::N8n => {
                "This is a workflow of n8n. Its nodes run n8n's own code, so they cannot be brought here as they are: make a tool for each service \
                 it calls (a curl command or an OpenAPI document is enough), then connect those."
            }
            Self::Dify => {
                "This is an app of Dify. Its blocks run inside Dify: make tools for the services and models it calls, then draw the same order here."
            }
            Self::Make => {
                "This is a scenario of Make. Its modules run at Make: import the OpenAPI document of each service as tools, then connect those here."
            }
            Self::Zapier => {
                "This is an export of Zapier. Its steps run at Zapier: import the OpenAPI document of each app as tools, or reach them by Pipedream actions."
            }
            Self::LangFlow => {
                "This is a flow of LangFlow. Its components are Python of its own: their work belongs into Python tools here, which a workflow then connects."
            }
            Self::NodeRed => {
                "This is a flow of Node-RED. Its nodes run in Node-RED: make a tool for each service it calls and a Python tool for each function node."
            }
        }
    }
}

fn list<'a>(value: &'a Value, path: &str) -> &'a [Value] {
    value.pointer(path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn words(value: &Value, names: &[&str]) -> String {
    names.iter().find_map(|name| value.pointer(name)?.as_str()).unwrap_or_default().to_owned()
}

/// Whose JSON it is; `None`: nobody's that is known.
#[must_use]
pub fn recognise(value: &Value) -> Option<Foreign> {
    if value.get("format").is_some_and(|format| format == super::FORMAT) {
        return None;
    }
    if n8n::is_one(value) {
        return Some(n8n::read(value));
    }
    let graph = ["/workflow/graph", "/graph"].into_iter().find(|path| !list(value, &format!("{path}/nodes")).is_empty());
    if let Some(graph) = graph {
        let steps = list(value, &format!("{graph}/nodes"));
        return Some(plain(Product::Dify, words(value, &["/app/name"]), steps, &["/data/title", "/id"], &["/data/type", "/type"]));
    }
    let flow = list(value, "/flow");
    if flow.iter().any(|module| module.get("module").is_some_and(Value::is_string)) {
        return Some(plain(Product::Make, words(value, &["/name"]), flow, &["/metadata/designer/name", "/module"], &["/module"]));
    }
    if value.get("zaps").is_some_and(Value::is_array) {
        let zaps = list(value, "/zaps");
        let steps: Vec<Value> = zaps
            .iter()
            .flat_map(|zap| match zap.get("nodes").or_else(|| zap.get("steps")) {
                Some(Value::Object(nodes)) => nodes.values().cloned().collect(),
                Some(Value::Array(nodes)) => nodes.clone(),
                _ => Vec::new(),
            })
            .collect();
        let name = zaps.first().map(|zap| words(zap, &["/title"])).unwrap_or_default();
        return Some(plain(Product::Zapier, name, &steps, &["/title", "/action", "/id"], &["/selected_api", "/app"]));
    }
    let nodes = list(value, "/data/nodes");
    if !nodes.is_empty() && value.pointer("/data/edges").is_some() {
        let name = words(value, &["/name"]);
        return Some(plain(Product::LangFlow, name, nodes, &["/data/node/display_name", "/data/type", "/id"], &["/data/type", "/type"]));
    }
    let all = value.as_array().map_or(&[][..], Vec::as_slice);
    if all.iter().any(|node| node.get("wires").is_some() && node.get("type").is_some_and(Value::is_string)) {
        let name = all.iter().find(|node| node.get("type").is_some_and(|kind| kind == "tab")).map(|tab| words(tab, &["/label"]));
        let steps: Vec<Value> = all.iter().filter(|node| node.get("wires").is_some()).cloned().collect();
        return Some(plain(Product::NodeRed, name.unwrap_or_default(), &steps, &["/name", "/type"], &["/type"]));
    }
    None
}

/// Dify exports YAML.
#[must_use]
pub fn recognise_text(text: &str) -> Option<Foreign> {
    let has = |start: &str| text.lines().any(|line| line.starts_with(start));
    if !(has("app:") && has("workflow:") && text.contains("graph:")) {
        return None;
    }
    let value = |line: &str, key: &str| {
        let rest = line.trim_start_matches([' ', '-']).strip_prefix(key)?.trim();
        Some(rest.trim_matches(['\'', '"']).to_owned())
    };
    let name = text.lines().skip_while(|line| !line.starts_with("app:")).find_map(|line| value(line, "name:")).unwrap_or_default();
    // Every block has its title and its type side by side, in either order.
    let lines: Vec<&str> = text.lines().collect();
    let steps = lines.iter().enumerate().filter_map(|(index, line)| {
        let title = value(line, "title:").filter(|title| !title.is_empty())?;
        let depth = line.len() - line.trim_start().len();
        let near = lines[index.saturating_sub(3)..(index + 4).min(lines.len())].iter();
        let same = near.filter(|other| other.len() - other.trim_start().len() == depth);
        let kind = same.filter_map(|other| value(other, "type:")).next().unwrap_or_default();
        Some(ForeignStep { name: title, here: here(&kind), kind })
    });
    let steps = steps.collect();
    Some(Foreign { product: Product::Dify, name, steps, outline: None, notes: Vec::new() })
}

fn plain(product: Product, name: String, steps: &[Value], names: &[&str], kinds: &[&str]) -> Foreign {
    let step = |step: &Value| {
        let kind = words(step, kinds);
        ForeignStep { name: words(step, names), here: here(&kind), kind }
    };
    Foreign { product, name, steps: steps.iter().map(step).collect(), outline: None, notes: Vec::new() }
}

/// What here would do what a step of this type does, by the words in its name.
pub(super) fn here(kind: &str) -> String {
    let kind = kind.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| kind.contains(word));
    let said = if has(&["schedule", "cron", "inject"]) {
        "A schedule, on the Triggers page"
    } else if has(&["webhook", "http in"]) {
        "A webhook, on the Triggers page"
    } else if has(&["start", "trigger", "textinput", "chatinput"]) {
        "The workflow's input"
    } else if has(&["respond", "answer", "end", "http response", "chatoutput", "textoutput", "debug"]) {
        "The workflow's output"
    } else if has(&["http"]) {
        "An API request tool, made from a curl command; for public addresses the platform tool http_request"
    } else if has(&["switch", "classifier", "router"]) {
        "A switch"
    } else if has(&["if-else", "ifelse", "condition", "filter", ".if"]) || kind == "if" {
        "A condition"
    } else if has(&["iterat", "loop", "split", "feeder", "batch"]) {
        "For each"
    } else if has(&["merge", "aggregat", "join"]) {
        "A merge"
    } else if has(&["code", "function", "script", "python", "javascript"]) {
        "A Python tool"
    } else if has(&["template"]) {
        "The platform tool render_template"
    } else if has(&["set", "assign", "change", "parser", "transform"]) {
        "A transform"
    } else if has(&["wait", "delay", "sleep"]) {
        "A delay"
    } else if has(&["llm", "agent", "openai", "anthropic", "model"]) {
        "An API request tool for the model's service"
    } else if has(&["knowledge", "vector", "retriev"]) {
        "An API request tool for the store it searches"
    } else {
        "A tool for this service: import its OpenAPI document, or paste a curl command"
    };
    said.to_owned()
}
