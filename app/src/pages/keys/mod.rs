//! Keys.

mod detail;
mod frame;
mod hosts;
mod list;
mod mappings;
mod new;
mod resolution;
mod secret_field;
mod settings;
mod test;
mod uses;

pub use {detail::KeyOverviewPage, list::KeysPage, new::NewKeyPage, resolution::KeyResolutionPage, settings::KeySettingsPage};
