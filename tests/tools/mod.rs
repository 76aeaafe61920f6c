mod batch;
mod categories;
mod change;
mod create;
mod find;
mod find_speed;
mod tags;
mod testing;
mod versions;

use serde_json::{Value, json};
use toolcrib::tools::{Kind, NewTool, Status, Visibility};

/// A script tool, active and public.
pub fn script(name: &str, script: &str, input_schema: Value) -> NewTool {
    let mut tool = NewTool::new(name, Kind::Python);
    tool.script_content = Some(script.to_owned());
    tool.input_schema = input_schema;
    tool.status = Status::Active;
    tool.visibility = Visibility::Public;
    tool
}

/// A request tool, active and public.
pub fn request(name: &str, spec: Value, input_schema: Value) -> NewTool {
    let mut tool = NewTool::new(name, Kind::ApiRequest);
    tool.api_spec = Some(serde_json::from_value(spec).unwrap());
    tool.input_schema = input_schema;
    tool.status = Status::Active;
    tool.visibility = Visibility::Public;
    tool
}

/// Does nothing, takes anything.
pub fn plain(name: &str) -> NewTool {
    script(name, "def main(**inputs):\n    return inputs\n", json!({}))
}
