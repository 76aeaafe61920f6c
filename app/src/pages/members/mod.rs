//! Who belongs to the organization.

mod invitations;
mod page;
mod roles;

pub use page::MembersPage;
