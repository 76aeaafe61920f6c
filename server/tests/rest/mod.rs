mod addresses;
mod keys;
mod agents;
mod me;
mod openapi;
mod registry;
mod tools;
mod workflows;
