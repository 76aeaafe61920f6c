mod addresses;
mod agents;
mod me;
mod openapi;
mod registry;
mod tool_batches;
mod tools;
mod workflows;
