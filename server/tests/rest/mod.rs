mod addresses;
mod agents;
mod keys;
mod me;
mod openapi;
mod registry;
mod tools;
mod workflows;
