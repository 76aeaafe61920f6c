mod addresses;
mod keys;
mod me;
mod openapi;
mod tools;
