//! Text that means harm: whatever the service or a file holds, nothing of it reaches the terminal raw, breaks the layout, or
//! becomes a formula, an element or a cell of its own.

mod printed;
mod screens;
mod world;
