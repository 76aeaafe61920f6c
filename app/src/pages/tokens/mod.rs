//! API tokens.

mod new;
mod page;
mod shown_once;

pub use page::TokensPage;
pub use shown_once::{ShownOnce, use_shown};
