mod addresses;
mod agents;
mod idempotency;
mod me;
mod openapi;
mod tools;
mod workflows;
