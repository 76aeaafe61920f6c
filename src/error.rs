//! The one error type. A use case says what is wrong in these words; each interface shows it in its own shape (see [`Problem`]).
//! What happened inside is logged under an id and never sent.

use crate::problem::{FieldError, Problem};

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or the token is unknown, expired or revoked.
    #[error("{0}")]
    Unauthenticated(String),
    /// Known, but not allowed. The text names what would be needed.
    #[error("{0}")]
    Forbidden(String),
    /// Not there, or not to be seen by who asks. `what` is a noun: "tool".
    #[error("This {0} does not exist, or you may not see it.")]
    NotFound(&'static str),
    /// Understood, but some fields are wrong.
    #[error("Some fields need attention.")]
    Invalid(Vec<FieldError>),
    /// Not understood at all: broken JSON, an id that is none.
    #[error("{0}")]
    Malformed(String),
    /// In conflict with what is stored: a duplicate, a state that forbids it.
    #[error("{message}")]
    Conflict { message: String, field: Option<String> },
    /// Somebody else changed it since it was read.
    #[error("{0}")]
    Stale(String),
    #[error("{0}")]
    TooLarge(String),
    #[error("{message}")]
    RateLimited { message: String, retry_after: u64 },
    /// Something outside is missing: no sandbox, no database.
    #[error("{0}")]
    Unavailable(String),
    /// Our own fault. The source is logged, never shown.
    #[error("Something went wrong on our side.")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }

    pub fn conflict(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Conflict { message: message.into(), field: Some(field.into()) }
    }

    pub fn internal(message: impl Into<String>) -> Self {
        Self::Internal(message.into().into())
    }

    /// A task that did not come to its end. What a panic said is not repeated: it was logged when it happened, without values of keys,
    /// which nobody could find in it any more afterwards.
    #[cfg(feature = "ssr")]
    #[must_use]
    pub fn of_task(error: &tokio::task::JoinError) -> Self {
        Self::internal(if error.is_panic() { "a task panicked" } else { "a task was stopped" })
    }

    /// For a terminal or a log: with the fields, and with the cause of what is our own fault.
    #[must_use]
    pub fn told(&self) -> String {
        match self {
            Self::Invalid(errors) => errors
                .iter()
                .map(|error| format!("{}: {}", error.pointer.trim_start_matches('/'), error.message))
                .collect::<Vec<_>>()
                .join(" "),
            Self::Internal(source) => format!("{self} {source}"),
            other => other.to_string(),
        }
    }

    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::Unauthenticated(_) => 401,
            Self::Forbidden(_) => 403,
            Self::NotFound(_) => 404,
            Self::Conflict { .. } => 409,
            Self::Stale(_) => 412,
            Self::TooLarge(_) => 413,
            Self::Invalid(_) => 422,
            Self::RateLimited { .. } => 429,
            Self::Internal(_) => 500,
            Self::Unavailable(_) => 503,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "Malformed request",
            Self::Unauthenticated(_) => "Not signed in",
            Self::Forbidden(_) => "Not allowed",
            Self::NotFound(_) => "Not found",
            Self::Conflict { .. } => "Conflict",
            Self::Stale(_) => "Changed meanwhile",
            Self::TooLarge(_) => "Too large",
            Self::Invalid(_) => "Invalid",
            Self::RateLimited { .. } => "Too many requests",
            Self::Internal(_) => "Internal error",
            Self::Unavailable(_) => "Unavailable",
        }
    }

    /// What the caller gets to see. Logs what it does not.
    #[must_use]
    pub fn problem(&self) -> Problem {
        if let Self::Internal(source) = self {
            tracing::error!(error = %source, "internal error");
        }
        let mut problem = Problem::new(self.status(), self.title(), self.to_string());
        match self {
            Self::Invalid(errors) => problem.errors = errors.clone(),
            Self::Conflict { message, field: Some(field) } => problem.errors = vec![FieldError::new(field.clone(), message.clone())],
            Self::RateLimited { retry_after, .. } => problem.retry_after = Some(*retry_after),
            _ => {}
        }
        problem
    }
}

#[cfg(feature = "ssr")]
impl From<sqlx::Error> for Error {
    /// Constraint violations become the message a person can act on, by the constraint's name; all else is internal.
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else {
            return Self::Internal(Box::new(error));
        };
        let known = match database.constraint() {
            Some("organizations_slug_unique") => Some(("slug", "This address is taken. Choose another.")),
            Some("users_email_unique") => Some(("email", "An account with this e-mail address exists.")),
            Some("tools_name_unique") => Some(("name", "A tool of this name exists. Names are unique in an organization.")),
            Some("agents_name_unique") => Some(("name", "An agent of this name exists. Names are unique in an organization.")),
            Some("workflows_name_unique") => Some(("name", "A workflow of this name exists. Names are unique in an organization.")),
            Some("workflow_triggers_name_unique") => Some(("name", "This workflow has a trigger of this name.")),
            Some("mcp_servers_name_unique") => Some(("name", "An MCP server of this name exists. Names are unique in an organization.")),
            Some("tool_categories_name_unique") => Some(("name", "A category of this name exists.")),
            Some("phone_numbers_unique") => Some(("number", "This number is there already.")),
            Some("variables_name_unique") => Some(("name", "A variable of this name exists.")),
            Some("agent_tools_unique") => Some(("tool_id", "This tool is attached to this agent already.")),
            Some("tool_grants_unique") => Some(("subject_id", "This subject has a grant on this tool already.")),
            Some("tool_key_mappings_unique") => Some(("context_id", "This key is mapped this way already.")),
            Some("memberships_pkey") => Some(("email", "This person is a member already.")),
            _ => None,
        };
        match known {
            Some((field, message)) => Self::conflict(field, message),
            // A NUL character is valid JSON text but no PostgreSQL text.
            None if matches!(database.code().as_deref(), Some("22P05" | "22021")) => {
                Self::Malformed("Text may not contain the NUL character (\\u0000).".to_owned())
            }
            None => Self::Internal(Box::new(error)),
        }
    }
}
