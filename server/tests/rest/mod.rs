mod addresses;
mod me;
mod openapi;
mod registry;
mod tools;
