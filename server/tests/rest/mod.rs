mod addresses;
mod agents;
mod idempotency;
mod me;
mod openapi;
mod registry;
mod tools;
mod workflows;
