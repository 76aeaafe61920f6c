//! The keys that a server is given: for a call those of who calls, for listing its tools those that are mapped to everybody.

use super::Trouble;
use crate::{
    error::Error,
    executions::ErrorClass,
    executors::{Call, Failure},
    ids::{OrganizationId, ToolId},
    keys::{self, Redactor, ResolvedKey},
    mcp::{Auth, NewMcpServer},
    system::System,
};
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use url::Url;
use zeroize::Zeroizing;

/// What goes along to the server. `id` is the same for the same values only, and tells nothing of them.
#[derive(Default)]
pub(crate) struct Credentials {
    pub id: String,
    pub header: Option<(HeaderName, HeaderValue)>,
    pub env: Vec<(String, Zeroizing<String>)>,
}

keys::secret::is_never!(Credentials: std::fmt::Debug, serde::Serialize, Clone);

impl Credentials {
    fn note(&mut self, key: &ResolvedKey) {
        self.id.push_str(&format!("{}:{};", key.id, key.revision.timestamp_micros()));
    }

    fn header(&mut self, server: &NewMcpServer, key: &ResolvedKey) -> Result<(), String> {
        let unfit = || format!("The key “{}” has a line break or a control character in it, which no header may have.", key.key_name);
        let url: Url = server.url.as_deref().unwrap_or_default().parse().map_err(|_| "The server's address is not valid.".to_owned())?;
        let secret = key.sent_to(&url).map_err(|misdirected| misdirected.to_string())?;
        let (name, text) = match server.auth {
            Auth::Header => {
                let name = server.auth_header.as_deref().unwrap_or_default();
                (
                    HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("“{name}” is no name of a header."))?,
                    Zeroizing::new(secret.expose().to_owned()),
                )
            }
            _ => (AUTHORIZATION, Zeroizing::new(format!("Bearer {}", secret.expose()))),
        };
        let mut value = HeaderValue::from_str(&text).map_err(|_| unfit())?;
        value.set_sensitive(true);
        self.note(key);
        self.header = Some((name, value));
        Ok(())
    }

    fn variable(&mut self, variable: &str, key: &ResolvedKey) -> Result<(), String> {
        let secret = key.given_to("the program of an MCP server").map_err(|misdirected| misdirected.to_string())?;
        if secret.expose().contains('\0') {
            return Err(format!("The key “{}” has a NUL character in it, which no environment variable may have.", key.key_name));
        }
        self.note(key);
        self.env.push((variable.to_owned(), Zeroizing::new(secret.expose().to_owned())));
        Ok(())
    }
}

/// For a call: who calls decides which keys they are.
pub(crate) async fn for_call(call: &Call<'_>, server: &NewMcpServer) -> Result<Credentials, Failure> {
    let mut credentials = Credentials::default();
    let unfit = |why: String| Failure::new(ErrorClass::Unauthorized, why);
    if let (true, Some(name)) = (server.auth != Auth::None, &server.auth_key_name) {
        credentials.header(server, &call.key(name).await?).map_err(unfit)?;
    }
    for (variable, name) in &server.env {
        credentials.variable(variable, &call.key(name).await?).map_err(unfit)?;
    }
    Ok(credentials)
}

/// For listing: no person and no tool is behind it. What is decrypted is added to `redactor`.
pub(crate) async fn for_listing(
    system: &System,
    organization: OrganizationId,
    server: &NewMcpServer,
    redactor: &Redactor,
) -> Result<Credentials, Trouble> {
    let mut credentials = Credentials::default();
    if let (true, Some(name)) = (server.auth != Auth::None, &server.auth_key_name) {
        let key = key(system, organization, name, redactor).await?;
        credentials.header(server, &key).map_err(Trouble::unauthorized)?;
    }
    for (variable, name) in &server.env {
        let key = key(system, organization, name, redactor).await?;
        credentials.variable(variable, &key).map_err(Trouble::unauthorized)?;
    }
    Ok(credentials)
}

async fn key(system: &System, organization: OrganizationId, name: &str, redactor: &Redactor) -> Result<ResolvedKey, Trouble> {
    let internal = |error: Error| {
        tracing::error!(%error, "a key could not be read");
        Trouble::unauthorized(format!("The key “{name}” could not be read. The server's log says why."))
    };
    let mut tx = system.tenant_of(organization).await.map_err(internal)?;
    // No tool: keys that belong to one tool alone are not meant.
    let ask =
        keys::Ask { organization_id: organization, tool_id: ToolId(uuid::Uuid::nil()), key_name: name, agent_id: None, user_id: None };
    let found = keys::resolve(&mut tx, system, ask).await.map_err(internal)?;
    let key =
        found.map_err(|none| Trouble::unauthorized(format!("{none} Its tools are listed with the key that is mapped to everybody.")))?;
    key.guard(redactor);
    Ok(key)
}
