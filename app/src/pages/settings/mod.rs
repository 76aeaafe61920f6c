//! Settings of the organization.

mod page;
mod phone_numbers;
mod variables;

pub use {page::SettingsPage, phone_numbers::PhoneNumbersPage, variables::VariablesPage};
