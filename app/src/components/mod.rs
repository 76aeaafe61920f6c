//! The design system: what every page is made of. All of it renders on the server and works before the WebAssembly arrives.
//! `/dev/style` (debug builds) shows each component in every state.

pub mod badge;
pub mod breadcrumb;
pub mod browser;
pub mod button;
pub mod chart;
pub mod code;
pub mod columns;
pub mod combobox;
pub mod conflict;
pub mod dialog;
pub mod drawer;
pub mod field;
pub mod field_table;
pub mod form;
pub mod format;
pub mod frame;
pub mod icon;
pub mod menu;
pub mod navigation;
pub mod new_page;
pub mod once;
pub mod page;
pub mod palette;
pub mod query;
pub mod shortcuts;
pub mod side_by_side;
pub mod table;
pub mod tabs;
pub mod theme;
pub mod time;
pub mod toast;
pub mod tooltip;
pub mod unloaded;
pub mod unsent;
pub mod variable_text;
