//! Who would be paged, and when: pure functions over an inventory.
//!
//! There is one walk of a page, [`simulate`]: from a response plan, a plan, a schedule or a person, through stages and
//! shifts, to devices and minutes. Everything else is a question asked of it, or of the shifts that it walks on:
//!
//! 1. [`coverage`]: when nobody is on call, from the shifts alone.
//! 2. [`simulate`]: what one start at one time comes to; its [`stages`](simulate::stages) tell whom each stage engages over a
//!    whole horizon, and [`compare`](simulate::compare) what is different between two time lines.
//! 3. [`worst`]: the worst time to start in a horizon, and [`difference`]: every start of it, before and after a change.
//! 4. [`telling`]: a time line as the screen, the table and the picture have it in common.
//!
//! Shifts are the service's own, never calculated here. A horizon is walked at the edges of shifts and nowhere between,
//! because nothing changes there; so two weeks are looked at to the minute at the cost of some hundred starts. What was not
//! read, or lies beyond a limit, makes every answer unknown that depends on it. Nothing here pages anybody, reads a clock,
//! or judges: what is too late is said by [`findings`](crate::findings).

pub mod coverage;
pub mod simulate;

pub mod difference;
pub mod worst;

pub mod telling;
