//! The canvas without a screen: everything an editor of a graph decides, as functions of values. The page in `app` only draws and listens.
//!
//! - [`viewport`] which part is seen, and how large; [`geometry`] where nodes and their handles are; [`curve`] how an edge runs;
//! - [`scene`] the whole as shapes and wires, [`cull`] what of it need be drawn, [`marquee`] what a frame catches, [`snap`] where a dragged node comes to rest, [`align`] rows and columns;
//! - [`annotations`] notes, and groups with what stands in them;
//! - [`walk`] from node to node by keys, [`lay_out`] a tidy drawing of the whole;
//! - [`connect`] which nodes may follow which, [`clipboard`] parts of a workflow as text;
//! - [`difference`] what two versions have otherwise, drawn in one;
//! - [`fields`] where the fields of a step come from, as the panel shows and sets it;
//! - [`rows`] what a form says about where a field comes from;
//! - [`overlay`] a run over the drawing: how steps stand, which connections it took;
//! - [`swap`] another tool in a step's place, with the mappings that it takes;
//! - [`history`] undo and redo, [`merge`] two drawings of the same draft made into one, [`unsent`] what a browser keeps until it is saved.

pub mod align;
pub mod annotations;
pub mod clipboard;
pub mod connect;
pub mod cull;
pub mod curve;
pub mod difference;
pub mod fields;
pub mod geometry;
pub mod history;
pub mod lay_out;
mod layered;
pub mod marquee;
pub mod merge;
pub mod overlay;
pub mod rows;
pub mod scene;
pub mod snap;
pub mod swap;
pub mod unsent;
pub mod viewport;
pub mod walk;

pub use super::graph::Position as Point;
pub use geometry::{Rect, Side};
pub use scene::Scene;
pub use viewport::Viewport;
