mod addresses;
mod agents;
mod me;
mod openapi;
mod tools;
mod workflows;
