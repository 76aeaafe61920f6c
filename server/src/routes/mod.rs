//! What answers which address.

pub mod health;
pub mod rest;
pub mod site;
