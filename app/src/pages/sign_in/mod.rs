//! `/` and signing in.

mod home;
mod narrow;
mod page;

pub use home::HomePage;
pub use narrow::Narrow;
pub use page::SignInPage;
