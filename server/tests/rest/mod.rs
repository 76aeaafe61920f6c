mod addresses;
mod agents;
mod me;
mod openapi;
mod registry;
mod tools;
mod workflows;
