//! A folder of tools: one JSON file a tool, its script and tests in files of their own, so that a repository shows what changed.

use serde_json::{Map, Value};
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};
use toolcrib::tools::batch::portable::{Document, PortableCategory};

const CATEGORIES: &str = "categories.json";

/// The fields that stand in files of their own, and what their names end with.
fn text_files(kind: &str) -> [(&'static str, &'static str); 2] {
    match kind {
        "shell" => [("script_content", "sh"), ("test_content", "test.sh")],
        _ => [("script_content", "py"), ("test_content", "test.py")],
    }
}

fn said(path: &Path, error: &dyn std::fmt::Display) -> String {
    format!("{}: {error}", path.display())
}

/// Writes the document. Says which JSON files of the folder are no tools of it: they are left alone.
pub fn write(folder: &Path, document: &Document) -> Result<Vec<PathBuf>, String> {
    fs::create_dir_all(folder).map_err(|error| said(folder, &error))?;
    let put = |name: String, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| said(&path, &error))
    };
    let json = |value: &Value| serde_json::to_string_pretty(value).map(|text| text + "\n").map_err(|error| error.to_string());
    let mut written = BTreeSet::from([CATEGORIES.to_owned()]);
    put(CATEGORIES.to_owned(), &json(&serde_json::to_value(&document.categories).map_err(|error| error.to_string())?)?)?;
    for tool in &document.tools {
        let mut tool = tool.clone();
        // Names of tools have letters, digits and underscores only: they are safe as names of files.
        let name = tool.get("name").and_then(Value::as_str).ok_or("a tool has no name")?.to_owned();
        let kind = tool.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
        for (field, ending) in text_files(&kind) {
            if let Some(Value::String(text)) = tool.get(field).cloned() {
                tool.shift_remove(field);
                put(format!("{name}.{ending}"), &text)?;
            }
        }
        put(format!("{name}.json"), &json(&Value::Object(tool))?)?;
        written.insert(format!("{name}.json"));
    }
    let others = json_files(folder)?
        .into_iter()
        .filter(|path| path.file_name().and_then(|name| name.to_str()).is_none_or(|name| !written.contains(name)));
    Ok(others.collect())
}

fn json_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries =
        fs::read_dir(folder).and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>());
    let mut files = entries.map_err(|error| said(folder, &error))?;
    files.retain(|path| path.extension().is_some_and(|ending| ending == "json"));
    files.sort();
    Ok(files)
}

/// Reads a folder that [`write`] wrote, or that somebody made by hand.
pub fn read(folder: &Path) -> Result<Document, String> {
    let (mut tools, mut categories) = (Vec::new(), Vec::<PortableCategory>::new());
    for path in json_files(folder)? {
        let text = fs::read_to_string(&path).map_err(|error| said(&path, &error))?;
        if path.file_name().is_some_and(|name| name == CATEGORIES) {
            categories = serde_json::from_str(&text).map_err(|error| said(&path, &error))?;
            continue;
        }
        let mut tool: Map<String, Value> = serde_json::from_str(&text).map_err(|error| said(&path, &error))?;
        let kind = tool.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
        for (field, ending) in text_files(&kind) {
            let beside = path.with_extension(ending);
            match fs::read_to_string(&beside) {
                Ok(text) => {
                    tool.insert(field.to_owned(), Value::String(text));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(said(&beside, &error)),
            }
        }
        tools.push(tool);
    }
    if tools.is_empty() {
        return Err(format!("there is no tool in {}", folder.display()));
    }
    Ok(Document::new(categories, tools))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_folder_gives_back_what_was_put_into_it() {
        let folder = tempfile::tempdir().unwrap();
        let tool = |value: Value| value.as_object().cloned().unwrap();
        let tools = vec![
            tool(
                json!({"name": "a", "kind": "python", "script_content": "def main():\r\n    return \"ü\"", "test_content": "", "tags": ["x"]}),
            ),
            tool(json!({"name": "b", "kind": "shell", "script_content": "echo 1\n", "test_content": null})),
            tool(json!({"name": "c", "kind": "api_request", "script_content": null, "api_spec": {"path": "/"}})),
        ];
        let categories = vec![PortableCategory { path: vec!["One".into(), "Two".into()], description: "…".into() }];
        let document = Document::new(categories, tools);
        assert!(write(folder.path(), &document).unwrap().is_empty());
        assert_eq!(fs::read_to_string(folder.path().join("b.sh")).unwrap(), "echo 1\n");
        let back = read(folder.path()).unwrap();
        // The order of fields is not kept, their values are.
        assert_eq!(serde_json::to_value(&back).unwrap(), serde_json::to_value(&document).unwrap());
        fs::write(folder.path().join("old.json"), "{}").unwrap();
        assert_eq!(write(folder.path(), &document).unwrap(), [folder.path().join("old.json")]);
        fs::write(folder.path().join("old.json"), "{").unwrap();
        assert!(read(folder.path()).unwrap_err().contains("old.json"));
    }
}
