//! Rules for the scripts of `python` and `shell` tools, and what else they may ask for.

use crate::{keys::check_key_name, problem::FieldError, tools::Kind};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The most a script, or its tests, may be.
pub const SCRIPT_BYTES: usize = 256 * 1024;
/// The most keys a script may name.
const KEYS: usize = 20;

/// `executor_config` of a script.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ScriptConfig {
    /// Asks for the network. It is there only where an admin allowed it for the organization.
    pub network: bool,
    /// Keys the script gets, each as the environment variable [`variable_of`] names.
    pub keys: Vec<String>,
}

impl ScriptConfig {
    /// What is stored. `None` where it cannot be read.
    #[must_use]
    pub fn read(config: &Value) -> Option<Self> {
        serde_json::from_value(config.clone()).ok()
    }

    /// As it is stored: what is not asked for is left out.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut fields = Map::new();
        if self.network {
            fields.insert("network".to_owned(), true.into());
        }
        if !self.keys.is_empty() {
            fields.insert("keys".to_owned(), self.keys.clone().into());
        }
        Value::Object(fields)
    }
}

/// The environment variable in which a script finds a key or, in a shell script, an input.
#[must_use]
pub fn variable_of(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

/// Variables that decide which programs run and how: nothing from outside takes them over. The guard in the sandbox has the same list.
#[must_use]
pub fn is_reserved(variable: &str) -> bool {
    const WORDS: [&str; 45] = [
        "PATH",
        "HOME",
        "LANG",
        "TZ",
        "PWD",
        "OLDPWD",
        "IFS",
        "ENV",
        "SHELL",
        "USER",
        "LOGNAME",
        "TMPDIR",
        "CDPATH",
        "GLOBIGNORE",
        "UID",
        "EUID",
        "PPID",
        "TERM",
        "TOOL_INPUT",
        "NODE_OPTIONS",
        "PROMPT_COMMAND",
        "OPTIND",
        "OPTARG",
        "SHLVL",
        "_",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "SHELLOPTS",
        "BASHOPTS",
        "POSIXLY_CORRECT",
        "LOCPATH",
        "NLSPATH",
        "RES_OPTIONS",
        "HOSTALIASES",
        "TZDIR",
        "GETCONF_DIR",
        "LD",
        "LC",
        "BASH",
        "PYTHON",
        "PERL",
        "RUBY",
        "GIT",
    ];
    const BEGINNINGS: [&str; 9] = ["LD_", "LC_", "BASH_", "PYTHON", "PERL", "RUBY", "GIT_", "GCONV_", "MALLOC_"];
    WORDS.contains(&variable)
        || BEGINNINGS.iter().any(|beginning| variable.starts_with(beginning))
        || variable.strip_prefix("PS").is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()))
        || variable.starts_with(|c: char| c.is_ascii_digit())
}

pub(crate) fn check_script(
    kind: Kind,
    script: Option<&str>,
    tests: Option<&str>,
    config: &Value,
    inputs: Option<&Map<String, Value>>,
    errors: &mut Vec<FieldError>,
) {
    let script = script.unwrap_or_default();
    if script.trim().is_empty() {
        errors.push(FieldError::new(
            "script_content",
            if kind == Kind::Python { "Write a script with a function main(…)." } else { "Write a script." },
        ));
    } else if script.len() > SCRIPT_BYTES {
        errors.push(FieldError::new("script_content", format!("At most {} KiB.", SCRIPT_BYTES / 1024)));
    } else if kind == Kind::Python && !defines_main(script) {
        errors.push(FieldError::new("script_content", "The script has no function main: def main(…): is what is called."));
    }
    if tests.is_some_and(|tests| tests.len() > SCRIPT_BYTES) {
        errors.push(FieldError::new("test_content", format!("At most {} KiB.", SCRIPT_BYTES / 1024)));
    }
    if kind == Kind::Python && tests.is_some_and(|tests| !tests.trim().is_empty() && !defines(tests, |name| name.starts_with("test_"))) {
        errors.push(FieldError::new("test_content", "There is no test: def test_…(): is what is run."));
    }
    let Some(config) = ScriptConfig::read(config) else {
        return errors.push(FieldError::new("executor_config", "A script has “network” (true or false) and “keys” (names), nothing else."));
    };
    if config.keys.len() > KEYS {
        errors.push(FieldError::new("executor_config/keys", format!("At most {KEYS} keys.")));
    }
    let mut variables: Vec<String> = Vec::new();
    for key in &config.keys {
        let variable = variable_of(key);
        let before = errors.len();
        check_key_name("executor_config/keys", key, errors);
        if errors.len() == before && is_reserved(&variable) {
            errors.push(FieldError::new(
                "executor_config/keys",
                format!("“{key}” would take over the variable {variable}. Name the key otherwise."),
            ));
        }
        if variables.contains(&variable) {
            errors.push(FieldError::new("executor_config/keys", format!("Two keys would become the variable {variable}.")));
        }
        variables.push(variable);
    }
    if kind == Kind::Shell {
        for name in inputs.into_iter().flat_map(Map::keys) {
            let variable = variable_of(name);
            if is_reserved(&variable) {
                let message =
                    format!("“{name}” would become the variable {variable}, which decides how programs run. Name the input otherwise.");
                errors.push(FieldError::new(format!("input_schema/properties/{name}"), message));
            } else if variables.contains(&variable) {
                let message = format!("“{name}” would become the variable {variable}, which another input or a key has already.");
                errors.push(FieldError::new(format!("input_schema/properties/{name}"), message));
            }
            variables.push(variable);
        }
    }
}

fn defines_main(script: &str) -> bool {
    defines(script, |name| name == "main")
}

/// Whether a function of such a name stands at the beginning of a line.
fn defines(script: &str, fits: impl Fn(&str) -> bool) -> bool {
    script.lines().any(|line| {
        let line = line.strip_prefix("async ").unwrap_or(line).trim_start_matches(' ');
        line.strip_prefix("def ").and_then(|rest| rest.split_once('(')).is_some_and(|(name, _)| fits(name.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(kind: Kind, script: &str, tests: &str, config: Value, inputs: Value) -> Vec<String> {
        let mut errors = Vec::new();
        check_script(kind, Some(script), Some(tests), &config, inputs.as_object(), &mut errors);
        errors.into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn a_script_needs_its_main_and_tests_need_a_test() {
        assert!(said(Kind::Python, "async def main():\n  pass", "def test_it():\n  main()", json!({}), json!({})).is_empty());
        assert_eq!(said(Kind::Python, "def other():\n  pass", "x = 1", json!({}), json!({})), ["/script_content", "/test_content"]);
        assert_eq!(said(Kind::Shell, " ", "", json!({}), json!({})), ["/script_content"]);
        assert!(said(Kind::Shell, "echo 1", "true", json!({}), json!({})).is_empty());
    }

    #[test]
    fn no_input_and_no_key_takes_over_a_variable_that_decides_how_programs_run() {
        for name in ["path", "Path", "ld_preload", "bash_env", "ifs", "ps4", "tool_input", "pythonpath", "http_proxy"] {
            assert_eq!(said(Kind::Shell, "echo", "", json!({}), json!({name: {}})), [format!("/input_schema/properties/{name}")], "{name}");
            assert_eq!(said(Kind::Python, "def main(): pass", "", json!({"keys": [name]}), json!({})), ["/executor_config/keys"], "{name}");
        }
        assert!(said(Kind::Shell, "echo", "", json!({"keys": ["openai.key"]}), json!({"city": {}, "ps": {}, "pathway": {}})).is_empty());
    }

    #[test]
    fn two_names_for_one_variable_and_unknown_settings_are_refused() {
        assert_eq!(said(Kind::Shell, "echo", "", json!({"keys": ["a.b"]}), json!({"a_b": {}})), ["/input_schema/properties/a_b"]);
        assert_eq!(said(Kind::Shell, "echo", "", json!({"keys": ["a.b", "a-b"]}), json!({})), ["/executor_config/keys"]);
        assert_eq!(said(Kind::Shell, "echo", "", json!({"memory": 1}), json!({})), ["/executor_config"]);
    }
}
