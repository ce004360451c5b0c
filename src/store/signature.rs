//! Signatures by SSH keys, as `ssh-keygen` makes and checks them.
//!
//! The program of the system knows agents, keys in hardware and files of allowed signers; nothing of that is done here. What
//! is signed of a ledger are the 64 hexadecimal digits of its head, without a line end.

use crate::{
    config::Signing,
    domain::text::explanation,
    failure::{Failure, FailureKind},
    ledger::{entry::Signature, hash::RecordHash},
};
use std::{
    io::{self, Write as _},
    path::Path,
    process::{Command, Stdio},
};

/// What keeps a signature of a ledger from being taken for one of something else, as `git` does for its own.
pub const NAMESPACE: &str = "callsheet";

/// Whether `ssh-keygen` may talk to whoever sits at the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// It asks for a passphrase or a touch where we were started.
    Terminal,
    /// The terminal is ours, or there is none: only an agent, or a window of its own, can help.
    Never,
}

/// Signs the head of a ledger with the key of the settings; nothing where they name none.
///
/// Where they name a file of allowed signers, a signature that it does not allow is refused: nobody could check it later.
pub fn sign_with(
    signing: &Signing,
    name: &str,
    head: RecordHash,
    prompt: Prompt,
) -> Result<Option<Signature>, Failure> {
    let Some(key) = &signing.key else { return Ok(None) };
    let principal = signing.principal.as_deref().unwrap_or(name);
    let signature = sign(key, principal, head, prompt)?;
    if let Some(signers) = &signing.allowed_signers
        && let Err(why) = verify(signers, &signature, &head.to_string())?
    {
        let what = format!("The signature would not be good for {}.", signers.display());
        return Err(Failure::new(FailureKind::Configuration, what).because(why).hint(
            "add the key to the allowed signers for the namespace callsheet, or name the principal that they have",
        ));
    }
    Ok(Some(signature))
}

/// Signs the head of a ledger with an SSH key, which may be the public half of one that an agent holds.
pub fn sign(key: &Path, principal: &str, head: RecordHash, prompt: Prompt) -> Result<Signature, Failure> {
    std::fs::metadata(key).map_err(|error| {
        Failure::new(
            FailureKind::Configuration,
            format!("The signing key {} could not be read.", key.display()),
        )
        .because_of(&error)
        .hint("correct its name, or make a key with: ssh-keygen -t ed25519")
    })?;
    let not_made = |error: &io::Error| failed("The signature could not be made with ssh-keygen.", "sign", error);
    // From a file, because ssh-keygen asks for a passphrase on its input.
    let folder = tempfile::tempdir().map_err(|error| not_made(&error))?;
    let (message, made) = (folder.path().join("head"), folder.path().join("head.sig"));
    super::file::write(&message, head.to_string().as_bytes())?;
    let mut command = Command::new("ssh-keygen");
    command
        .args(["-Y", "sign", "-n", NAMESPACE, "-f"])
        .arg(key)
        .arg(&message)
        .stdout(Stdio::null());
    match prompt {
        Prompt::Terminal => command.stdin(Stdio::inherit()).stderr(Stdio::inherit()),
        Prompt::Never => command.stdin(Stdio::null()).stderr(Stdio::piped()),
    };
    let output = command
        .spawn()
        .and_then(std::process::Child::wait_with_output)
        .map_err(|error| not_made(&error))?;
    if !output.status.success() {
        return Err(refused(key, &told(&output.stderr)));
    }
    let text = super::file::read(&made, MAX_SIGNATURE_BYTES)?
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| refused(key, "ssh-keygen wrote no signature"))?;
    Ok(Signature {
        principal: principal.to_owned(),
        text,
    })
}

/// A signature by the longest keys takes about a hundredth of this.
const MAX_SIGNATURE_BYTES: u64 = 1 << 20;

fn refused(key: &Path, why: &str) -> Failure {
    let lower = why.to_lowercase();
    let hint = if lower.contains("passphrase") {
        "the key has a passphrase: load it into the agent with ssh-add, or sign from a terminal"
    } else if lower.contains("agent") || lower.contains("no private key") || lower.contains("couldn't get agent socket")
    {
        "load the key into the agent with ssh-add, or plug in the piece of hardware that holds it"
    } else if lower.contains("permissions") {
        "let nobody but its owner read the key: chmod 600"
    } else {
        "look whether “ssh-keygen -Y sign -n callsheet -f KEY FILE” works on this machine"
    };
    let failure = Failure::new(
        FailureKind::Configuration,
        format!("Nothing was signed with the key {}.", key.display()),
    );
    let failure = if why.is_empty() { failure } else { failure.because(why) };
    failure.hint(hint)
}

fn failed(what: &str, verb: &str, error: &io::Error) -> Failure {
    let failure = Failure::new(FailureKind::Disk, what).because_of(error);
    if error.kind() == io::ErrorKind::NotFound {
        failure.hint("install OpenSSH, which it is a part of")
    } else {
        failure.hint(format!("look whether “ssh-keygen -Y {verb}” works on this machine"))
    }
}

/// Returns what a program said, on one line.
fn told(output: &[u8]) -> String {
    let told = String::from_utf8_lossy(output);
    let lines: Vec<&str> = told.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    explanation(&lines.join("; "))
}

/// Asks whether somebody whom the file of allowed signers names has signed `message`; returns why not.
pub fn verify(allowed_signers: &Path, signature: &Signature, message: &str) -> Result<Result<(), String>, Failure> {
    let failed = |error: &io::Error| failed("Signatures could not be checked with ssh-keygen.", "verify", error);
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
    let why = told(&[output.stderr, output.stdout].concat());
    Ok(Err(if why.is_empty() {
        "ssh-keygen does not say why".to_owned()
    } else {
        why
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// Makes a key with this passphrase, and a file that allows it.
    fn signing(folder: &Path, passphrase: &str) -> Signing {
        let key = folder.join("key");
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-C", "olga", "-N", passphrase, "-f"])
            .arg(&key)
            .status()
            .expect("ssh-keygen is there");
        assert!(made.success());
        let public = std::fs::read_to_string(key.with_extension("pub")).unwrap();
        let allowed = folder.join("allowed");
        let line = format!("olga@example.com namespaces=\"{NAMESPACE}\" {public}");
        crate::store::file::write(&allowed, line.as_bytes()).unwrap();
        Signing {
            key: Some(key),
            principal: Some("olga@example.com".to_owned()),
            allowed_signers: Some(allowed),
        }
    }

    fn head() -> RecordHash {
        RecordHash::of(b"head")
    }

    fn sign(signing: &Signing) -> Result<Option<Signature>, Failure> {
        sign_with(signing, "Olga", head(), Prompt::Never)
    }

    #[test]
    fn what_was_signed_checks_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let signing = signing(folder.path(), "");
        let signature = sign(&signing).unwrap().unwrap();
        let allowed = signing.allowed_signers.unwrap();
        assert_eq!(signature.principal, "olga@example.com");
        assert_eq!(verify(&allowed, &signature, &head().to_string()).unwrap(), Ok(()));
        for message in [format!("{}\n", head()), RecordHash::of(b"other").to_string()] {
            assert!(verify(&allowed, &signature, &message).unwrap().is_err(), "{message}");
        }
    }

    #[test]
    fn without_a_key_nothing_is_signed() {
        assert_eq!(sign(&Signing::default()).unwrap(), None);
    }

    #[test]
    fn what_keeps_a_key_from_signing_is_told_with_the_remedy() {
        let (plain, locked) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let missing = Signing {
            key: Some(PathBuf::from("nowhere/key")),
            ..Signing::default()
        };
        let other_name = Signing {
            principal: None,
            ..signing(plain.path(), "")
        };
        for (signing, what, hint) in [
            (missing, "could not be read", "correct its name"),
            (
                other_name,
                "would not be good for",
                "add the key to the allowed signers",
            ),
            (signing(locked.path(), "secret"), "Nothing was signed", "ssh-add"),
        ] {
            let failure = sign(&signing).unwrap_err();
            assert!(failure.what().contains(what), "{failure}");
            assert!(failure.next_action().unwrap().contains(hint), "{failure}");
        }
    }
}
