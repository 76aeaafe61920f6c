mod addresses;
mod me;
mod openapi;
