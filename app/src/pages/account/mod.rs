//! One's own account.

mod page;

pub use page::AccountPage;
