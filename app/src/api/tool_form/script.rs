//! A script's own fields: tests beside it, and what it asks for.

use super::ToolForm;
use serde::{Deserialize, Serialize};
use toolcrib::{
    schema::form::Row,
    tools::{Kind, NewTool, Tool, kinds::script::ScriptConfig},
};

/// What belongs to a script beside the script.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScriptForm {
    pub tests: String,
    pub network: bool,
    /// Names of keys, separated by commas or lines.
    pub keys: String,
}

const PYTHON: &str = "def main(name: str, times: int = 1):\n    \"\"\"Greets somebody.\n\n    What is returned is the output, as JSON; print goes to the log.\n    Files of the organization are under /data, read-only.\n\n    Args:\n        name: Who is greeted.\n        times: How often.\n    \"\"\"\n    print(f\"greeting {name}\")\n    return {\"greeting\": \", \".join([f\"Hello {name}\"] * times)}\n";

const SHELL: &str = "# Each input is a variable in capitals; all of them are JSON on standard input and in TOOL_INPUT.\n# What is printed is the output, as JSON where it is JSON; standard error goes to the log.\n# Files of the organization are under /data, read-only.\nset -eu\n\necho \"greeting $NAME\" >&2\nfor ((i = 0; i < ${TIMES:-1}; i++)); do\n    echo \"Hello $NAME\"\ndone\n";

impl ScriptForm {
    pub(super) fn of(tool: &Tool) -> Self {
        let config = ScriptConfig::read(&tool.executor_config).unwrap_or_default();
        Self { tests: tool.test_content.clone().unwrap_or_default(), network: config.network, keys: config.keys.join(", ") }
    }
}

/// A script to begin with, and the inputs it takes.
pub(super) fn begin(form: &mut ToolForm, kind: Kind) {
    let row = |name: &str, kind: &str, description: &str, required: bool, default: &str| Row {
        name: name.to_owned(),
        kind: kind.to_owned(),
        description: description.to_owned(),
        required,
        default: default.to_owned(),
        ..Row::default()
    };
    form.script = if kind == Kind::Python { PYTHON } else { SHELL }.to_owned();
    form.rows = vec![row("name", "string", "Who is greeted.", true, ""), row("times", "integer", "How often.", false, "1")];
}

/// What was typed, into the tool.
pub(super) fn read(form: &ToolForm, tool: &mut NewTool) {
    let text = |text: &str| text.replace("\r\n", "\n");
    tool.script_content = Some(text(&form.script));
    tool.test_content = Some(text(&form.code.tests)).filter(|tests| !tests.trim().is_empty());
    let mut keys: Vec<String> = Vec::new();
    for key in form.code.keys.split([',', '\n']).map(str::trim).filter(|key| !key.is_empty()) {
        if !keys.iter().any(|other| other == key) {
            keys.push(key.to_owned());
        }
    }
    tool.executor_config = ScriptConfig { network: form.code.network, keys }.to_value();
}

/// Where in the form a place in the tool is.
pub(super) fn field_of(pointer: &str) -> Option<String> {
    let place = pointer.trim_start_matches('/');
    Some(match place {
        "script_content" => "/script".to_owned(),
        "test_content" => "/code/tests".to_owned(),
        "executor_config" | "executor_config/keys" => "/code/keys".to_owned(),
        "executor_config/network" => "/code/network".to_owned(),
        _ => return None,
    })
}
