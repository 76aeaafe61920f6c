//! New organizations.

mod fields;
mod new;

pub use fields::OrganizationFields;
pub use new::NewOrganizationPage;
