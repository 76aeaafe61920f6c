//! Rules for the scripts of `python` tools.

use crate::problem::FieldError;

/// The most a script may be.
pub const SCRIPT_BYTES: usize = 256 * 1024;

pub(crate) fn check_script(script: Option<&str>, errors: &mut Vec<FieldError>) {
    let script = script.unwrap_or_default();
    let defines_main = script.lines().any(|line| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        line.strip_prefix("def ")
            .is_some_and(|rest| rest.trim_start().strip_prefix("main").is_some_and(|rest| rest.trim_start().starts_with('(')))
    });
    if script.trim().is_empty() {
        errors.push(FieldError::new("script_content", "Write a script with a function main(…)."));
    } else if script.len() > SCRIPT_BYTES {
        errors.push(FieldError::new("script_content", format!("At most {} KiB.", SCRIPT_BYTES / 1024)));
    } else if !defines_main {
        errors.push(FieldError::new("script_content", "The script has no function main: def main(…): is what is called."));
    }
}
