//! Signatures by SSH keys, as `ssh-keygen` makes and checks them.
//!
//! The program of the system knows agents, keys in hardware and files of allowed signers; nothing of that is done here.

use crate::{
    failure::{Failure, FailureKind},
    ledger::entry::Signature,
};
use std::{
    io::{self, Write as _},
    path::Path,
    process::{Command, Stdio},
};

/// What keeps a signature of a ledger from being taken for one of something else, as `git` does for its own.
pub const NAMESPACE: &str = "callsheet";

/// Asks whether somebody whom the file of allowed signers names has signed `message`; returns why not.
pub fn verify(allowed_signers: &Path, signature: &Signature, message: &str) -> Result<Result<(), String>, Failure> {
    let failed = |error: &io::Error| {
        let failure =
            Failure::new(FailureKind::Disk, "Signatures could not be checked with ssh-keygen.").because_of(error);
        if error.kind() == io::ErrorKind::NotFound {
            failure.hint("install OpenSSH, which it is a part of")
        } else {
            failure.hint("look whether “ssh-keygen -Y verify” works on this machine")
        }
    };
    let mut file = tempfile::NamedTempFile::new().map_err(|error| failed(&error))?;
    file.write_all(signature.text.as_bytes())
        .map_err(|error| failed(&error))?;
    let mut child = Command::new("ssh-keygen")
        .args(["-Y", "verify", "-n", NAMESPACE, "-f"])
        .arg(allowed_signers)
        .arg("-I")
        .arg(&signature.principal)
        .arg("-s")
        .arg(file.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(&error))?;
    // A program that ends before it has read everything has its reasons, and tells them.
    if let Some(mut input) = child.stdin.take() {
        input.write_all(message.as_bytes()).ok();
    }
    let output = child.wait_with_output().map_err(|error| failed(&error))?;
    if output.status.success() {
        return Ok(Ok(()));
    }
    let told = [output.stderr, output.stdout].concat();
    let told = String::from_utf8_lossy(&told);
    let why: Vec<&str> = told.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    Ok(Err(if why.is_empty() {
        "ssh-keygen does not say why".to_owned()
    } else {
        why.join("; ")
    }))
}
