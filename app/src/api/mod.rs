//! Server functions, one file per noun.
pub mod audit;
pub mod members;
pub mod organizations;
pub mod tokens;
pub mod users;

pub mod frame;
pub mod palette;
