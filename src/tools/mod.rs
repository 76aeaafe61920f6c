//! Tools: what agents may call. Types in `tool`, `change` and `words`, rules in `check` and `kinds`, one file per use case.

pub mod access;
#[cfg(feature = "ssr")]
pub(crate) mod asked;
pub mod batch;
pub mod categories;
pub mod change;
pub mod check;
pub mod comparison;
#[cfg(feature = "ssr")]
pub mod create;
pub mod curl;
#[cfg(feature = "ssr")]
pub mod delete;
#[cfg(feature = "ssr")]
pub mod duplicate;
pub mod explain;
pub mod fields;
pub mod filter;
#[cfg(feature = "ssr")]
pub mod get;
pub mod icons;
pub mod kinds;
pub mod limits;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod status;
#[cfg(feature = "ssr")]
pub(crate) mod store;
#[cfg(feature = "ssr")]
pub mod tags;
pub mod template;
pub mod testing;
pub mod tool;
#[cfg(feature = "ssr")]
pub mod update;
#[cfg(feature = "ssr")]
pub mod versions;
pub mod words;

pub(crate) use words::words;
pub use {
    access::Level,
    categories::Category,
    change::{NewTool, RetryPolicy, UpdateTool},
    filter::{Facets, ToolFilter, ToolSort},
    icons::ICONS,
    kinds::api_request::{ApiSpec, AuthIn, AuthType, Oauth2, Oauth2ClientAuth, Oauth2Grant},
    tool::{Goes, Seen, Tool, ToolSummary, ToolVersion},
    words::{Kind, OwnerType, Status, Visibility},
};
#[cfg(feature = "ssr")]
pub use {
    asked::AskedTools,
    create::create,
    delete::{delete, delete_seen},
    duplicate::duplicate,
    get::get,
    list::list,
    status::{change_status, change_status_seen, change_status_with},
    update::update,
};
