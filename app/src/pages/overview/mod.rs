//! The first page of an organization: is everything all right?

mod checklist;
mod figures;
mod page;

pub use page::OverviewPage;
