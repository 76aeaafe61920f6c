//! Settings of the organization.

mod page;

pub use page::SettingsPage;
