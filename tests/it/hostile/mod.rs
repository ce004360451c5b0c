//! Text that means harm: whatever the service or a file holds, nothing of it reaches the terminal raw, breaks the layout, or
//! becomes a formula, an element, a cell, a line or a word of a shell of its own.

mod printed;
pub(crate) mod screens;
mod shell;
mod world;
