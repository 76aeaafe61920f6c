//! OpenAPI documents: which there are, and the operations of one to make tools of.

mod document;
mod list;
mod operations;

pub use document::OpenapiDocumentPage;
pub use list::OpenapiDocumentsPage;
