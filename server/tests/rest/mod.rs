mod addresses;
mod me;
mod openapi;
mod tools;
