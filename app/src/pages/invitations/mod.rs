//! The link of an invitation.

mod page;

pub use page::InvitationPage;
