//! Finding anything by its name: what the command palette answers, as a page of its own.

mod page;

pub use page::SearchPage;
