//! Where a value could have got to, and in which appearance.

use super::scene::Scene;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use sqlx::{AssertSqlSafe, Row};
use support::TestSystem;

/// What must be found nowhere. Of base64, the parts that do not depend on what stands around.
pub fn forms(value: &str) -> Vec<String> {
    let json = serde_json::to_string(value).unwrap();
    let url: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let mut forms = vec![value.to_owned(), json.trim_matches('"').to_owned(), url.replace('+', "%20"), url, hex(value)];
    for before in ["", "x", "xx"] {
        let all = STANDARD.encode(format!("{before}{value}"));
        forms.push(all[4..all.len() - 4].to_owned());
    }
    forms.push(URL_SAFE_NO_PAD.encode(value)[..value.len()].to_owned());
    forms
}

fn hex(value: &str) -> String {
    value.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// Every column of every table that can hold text, found from the catalogue: text of any kind, JSON, bytes, and lists of those.
pub async fn database(test: &TestSystem) -> Vec<(String, String)> {
    let columns = sqlx::query(
        "select c.relname::text as name, a.attname::text as field, t.typname::text as type, t.typcategory::text as category
         from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'm') and not c.relispartition and a.attnum > 0
           and not a.attisdropped and (t.typcategory in ('S', 'A', 'U') or t.typname in ('json', 'jsonb', 'bytea', 'xml', 'tsvector'))
           and t.typname <> 'uuid'
         order by 1, 2",
    )
    .fetch_all(test.owner())
    .await
    .unwrap();
    let mut all = Vec::new();
    for column in columns {
        let (table, field, kind): (String, String, String) = (column.get("name"), column.get("field"), column.get("type"));
        let mut text = if kind == "bytea" {
            let sql = format!("select \"{field}\" from \"{table}\" where \"{field}\" is not null");
            let rows: Vec<Vec<u8>> = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(test.owner()).await.unwrap();
            rows.iter().map(|row| String::from_utf8_lossy(row).into_owned()).collect::<Vec<_>>().join("\n")
        } else {
            let sql = format!("select coalesce(string_agg(\"{field}\"::text, E'\\n'), '') from \"{table}\"");
            sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(test.owner()).await.unwrap()
        };
        // JSON in text in JSON, and lists, which double quotes and backslashes.
        let plainer = text.replace("\\\\", "\\");
        let plainest = plainer.replace("\\\"", "\"").replace("\"\"", "\"");
        text.push('\n');
        text.push_str(&plainer);
        text.push('\n');
        text.push_str(&plainest);
        all.push((format!("{table}.{field}"), text));
    }
    all
}

/// What of the secrets stands in which place.
pub fn found(places: &[(String, String)], secrets: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for secret in secrets {
        for form in forms(secret) {
            for (place, text) in places {
                if let Some(at) = text.find(&form) {
                    let around: String = text[..at].chars().rev().take(160).collect::<Vec<_>>().into_iter().rev().collect();
                    found.push(format!("{form} of {secret} in {place} after …{around}"));
                }
            }
        }
    }
    found
}

/// The places that would prove nothing if they were empty.
pub fn check_coverage(places: &[(String, String)]) {
    let text = |wanted: &str| places.iter().find(|(place, _)| place == wanted).map_or("", |(_, text)| text.as_str());
    assert!(text("the log").len() > 10_000, "it logged only {} bytes", text("the log").len());
    for column in ["tool_executions.outputs", "tool_executions.logs", "tool_executions.error_message", "tool_executions.account"] {
        assert!(text(column).contains("[redacted]"), "nothing was redacted in {column}");
    }
    assert!(text("idempotency_keys.body").contains("[redacted]"), "no answer was kept for a repeated write");
    assert!(text("workflow_runs.state").contains("[redacted]"), "no workflow run kept an output");
    for column in ["tool_keys.encrypted_value", "mcp_server_tools.definition", "mcp_servers.server_info", "audit_log.after"] {
        assert!(text(column).trim().len() > 10, "{column} holds nothing, or is not looked at");
    }
}

/// Says its secret in as many ways as a careless program does, in Python.
pub const WAYS: &str = r#"
import base64, json, os, sys, urllib.parse
def ways(key):
    raw = key.encode()
    return [key, urllib.parse.quote(key, safe=""), urllib.parse.quote_plus(key), json.dumps(key), json.dumps(key, ensure_ascii=False), raw.hex(),
            *[base64.b64encode(b"x" * n + raw).decode() for n in range(3)], base64.urlsafe_b64encode(raw).decode(), json.dumps({"nested": json.dumps({"key": key})}), key + "x" + key]
"#;

impl Scene {
    /// All that was answered, logged and stored.
    pub async fn places(self) -> Vec<(String, String)> {
        let Self { test, data, server, answers, .. } = self;
        assert!(server.stop().success());
        let mut places = answers;
        for (name, file) in [("the log", "log"), ("standard output", "out")] {
            places.push((name.to_owned(), std::fs::read_to_string(data.path().join(file)).unwrap()));
        }
        places.extend(database(&test).await);
        places
    }
}
