//! How a refusal travels from a server function to the page: the same problem document that REST answers with.

use leptos::{prelude::*, server_fn::codec::JsonEncoding};
use serde::{Deserialize, Serialize};
use toolcrib::problem::Problem;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppError(pub Box<Problem>);

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.sentence())
    }
}

impl std::error::Error for AppError {}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let (status, title, detail) = match error {
            ServerFnErrorErr::Request(_) => (503, "No connection", "The server could not be reached. Nothing was changed; try again."),
            ServerFnErrorErr::Args(message) | ServerFnErrorErr::MissingArg(message) => {
                return Self(Box::new(Problem::new(
                    400,
                    "Malformed request",
                    format!("A field is missing or not of its type: {message}."),
                )));
            }
            ServerFnErrorErr::Deserialization(_) | ServerFnErrorErr::Response(_) => {
                (502, "Unexpected answer", "The server's answer was not understood. Reload the page and try again.")
            }
            _ => (500, "Internal error", "Something went wrong on our side."),
        };
        Self(Box::new(Problem::new(status, title, detail)))
    }
}

#[cfg(feature = "ssr")]
impl From<toolcrib::Error> for AppError {
    /// Sets the HTTP status of the answer too.
    fn from(error: toolcrib::Error) -> Self {
        let problem = error.problem();
        if let Some(response) = use_context::<leptos_axum::ResponseOptions>()
            && let Ok(status) = http::StatusCode::from_u16(problem.status)
        {
            response.set_status(status);
        }
        Self(Box::new(problem))
    }
}
