//! `builtin`: the platform tools, which live in [`crate::builtins`].

use super::{Call, Executor, Failure};
use crate::{builtins, executions::ErrorClass};
use serde_json::Value;
use std::{future::Future, pin::Pin};

pub struct Builtin;

impl Executor for Builtin {
    fn execute<'a>(&'a self, call: &'a Call<'a>) -> Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + 'a>> {
        Box::pin(async move {
            let Some(builtin) = builtins::find(&call.tool.name) else {
                return Err(Failure::new(ErrorClass::Upstream, "This release of Toolcrib does not have this platform tool."));
            };
            builtin.run(call).await
        })
    }
}
