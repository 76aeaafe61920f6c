//! The audit log.

mod page;

pub use page::AuditPage;
