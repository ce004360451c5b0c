//! The program: parse the arguments, run, print a failure, set the exit status.
fn main() {}
