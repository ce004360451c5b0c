//! Standard output, for what a person or a script asked for.

use crate::failure::{Failure, FailureKind};
use std::io::{self, Write as _};

/// Writes `text` to standard output. Whoever closed the pipe has read enough: that is no failure.
pub(super) fn write(text: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(FailureKind::Disk, "The output could not be written.").because_of(&error))
        }
        _ => Ok(()),
    }
}
