//! The audit log as a file for a spreadsheet.

use super::{AuditEntry, AuditFilter, store};
use crate::{access::Permission, actor::Actor, error::Result, system::System};

/// At most so many lines, the newest.
pub const MOST: i64 = 100_000;

/// All that matches, as CSV (RFC 4180) with a line of headings.
pub async fn export(system: &System, actor: &Actor, filter: &AuditFilter) -> Result<String> {
    actor.require(Permission::ReadAudit)?;
    let mut tx = system.tenant(actor).await?;
    let entries = store::select(&mut tx, filter, None, MOST).await?;
    tx.commit().await?;
    let mut csv = String::from("time,actor_type,actor,actor_id,action,object_type,object,object_id,before,after,address\r\n");
    for entry in &entries {
        line(&mut csv, entry);
    }
    Ok(csv)
}

fn line(csv: &mut String, entry: &AuditEntry) {
    let json = |value: &Option<serde_json::Value>| value.as_ref().map(ToString::to_string).unwrap_or_default();
    let id = |id: Option<uuid::Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let fields = [
        entry.created_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        entry.actor_type.clone(),
        entry.actor_name.clone(),
        id(entry.actor_id),
        entry.action.clone(),
        entry.object_type.clone(),
        entry.object_name.clone(),
        id(entry.object_id),
        json(&entry.before),
        json(&entry.after),
        entry.address.clone().unwrap_or_default(),
    ];
    csv.push_str(&fields.map(|text| field(&text)).join(","));
    csv.push_str("\r\n");
}

/// Quoted where needed. A text that a spreadsheet would take for a formula gets an apostrophe first: names are typed by strangers.
fn field(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn a_field_is_quoted_and_never_a_formula() {
        assert_eq!(field("plain"), "plain");
        assert_eq!(field("a,\"b\"\n"), "\"a,\"\"b\"\"\n\"");
        assert_eq!(field("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
    }
}
