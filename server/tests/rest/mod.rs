mod addresses;
mod agents;
mod me;
mod openapi;
mod registry;
mod tool_tests;
mod tools;
mod workflows;
