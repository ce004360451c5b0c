//! What lies on the disk between two runs: the last snapshot of an account, and signatures with the file that allows them.

use super::targets::{harmless, scope, told};
use crate::{harness::start_of_test, world};
use callsheet::{
    config::{Config, Environment, Flags},
    domain::{graph::Graph, inventory::Inventory, load::LoadEvent},
    findings::{evaluate::evaluate, facts::Facts, judging::Judging},
    ledger::{
        entry::{ReviewScope, Signature},
        hash::RecordHash,
    },
    report::{inventory, table},
    review::population,
    store::{
        Store,
        signature::{NAMESPACE, Prompt, sign, verify},
    },
};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};
use tempfile::TempDir;

/// A data directory in which a snapshot was saved once.
struct Kept {
    _folder: TempDir,
    store: Store,
    file: PathBuf,
    sample: Vec<u8>,
}

fn kept() -> &'static Kept {
    static KEPT: OnceLock<Kept> = OnceLock::new();
    KEPT.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let flags = Flags {
            data_dir: Some(folder.path().to_owned()),
            ..Flags::default()
        };
        let store = Store::new(&Config::load(&flags, &Environment::default()).unwrap());
        let mut inventory = Inventory::empty("eu-west-1", None);
        let connected = world::connected().into_iter().filter_map(|event| {
            if let LoadEvent::Part(part) = event {
                Some(part)
            } else {
                None
            }
        });
        for part in connected.chain(world::parts()) {
            inventory.apply(part);
        }
        store.save(None, &inventory, start_of_test()).unwrap();
        let file = store.folder(&scope()).join("snapshot.json");
        Kept {
            _folder: folder,
            store,
            sample: fs::read(&file).unwrap(),
            file,
        }
    })
}

/// Returns a snapshot as it was saved.
pub(super) fn snapshot_sample() -> &'static [u8] {
    &kept().sample
}

/// A snapshot: one that is of no use is told of with its file, and whatever is read can be judged, reviewed and printed.
pub(super) fn snapshot(bytes: &[u8]) {
    let Kept { store, file, .. } = kept();
    fs::write(file, bytes).unwrap();
    let inventory = match store.snapshot(&scope()) {
        Ok(read) => read.expect("there is a file").inventory,
        Err(failure) => return told(&failure, "snapshot.json", false),
    };
    let graph = Graph::build(&inventory);
    let judging = Judging::default();
    evaluate(&Facts::new(&inventory, &graph, &judging, start_of_test()));
    population::take(&inventory, &graph, &ReviewScope::All);
    let printed: Value = serde_json::from_str(&inventory::json(&inventory)).unwrap();
    assert_eq!(printed["scope"]["account"], scope().account);
    for table in table::Table::ALL {
        table::csv(&inventory, table).unwrap();
    }
}

/// Somebody who has signed a head, and the file that allows it.
struct Signed {
    folder: TempDir,
    allowed: Vec<u8>,
    public: String,
    signature: Signature,
}

const PRINCIPAL: &str = "olga@example.com";

fn head() -> RecordHash {
    RecordHash::of(b"head")
}

fn signed() -> &'static Signed {
    static SIGNED: OnceLock<Signed> = OnceLock::new();
    SIGNED.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key");
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f"])
            .arg(&key)
            .status()
            .expect("ssh-keygen is there");
        assert!(made.success());
        let public = fs::read_to_string(key.with_extension("pub")).unwrap();
        Signed {
            allowed: format!("{PRINCIPAL} namespaces=\"{NAMESPACE}\" {public}").into_bytes(),
            public: public.split(' ').nth(1).unwrap().trim().to_owned(),
            signature: sign(&key, PRINCIPAL, head(), Prompt::Never).unwrap(),
            folder,
        }
    })
}

/// Returns a signature that checks, and the file that allows it.
pub(super) fn signature_samples() -> (&'static [u8], &'static [u8]) {
    let signed = signed();
    (signed.signature.text.as_bytes(), &signed.allowed)
}

fn verified(allowed: &[u8], text: &str) -> bool {
    let file: &Path = &signed().folder.path().join("allowed");
    fs::write(file, allowed).unwrap();
    let signature = Signature {
        principal: PRINCIPAL.to_owned(),
        text: text.to_owned(),
    };
    match verify(file, &signature, &head().to_string()).unwrap() {
        Ok(()) => true,
        Err(why) => {
            harmless(&why.replace(&*file.to_string_lossy(), "allowed"));
            false
        }
    }
}

fn without_blanks(text: &str) -> String {
    text.split_whitespace().collect()
}

/// A signature: it is good only where its bytes are those that were made.
pub(super) fn signature(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let made = without_blanks(&signed().signature.text);
    if verified(&signed().allowed, &text) {
        assert!(without_blanks(&text).contains(&made), "{text:?}");
    }
}

/// A file of allowed signers: it allows only what it has the key of.
pub(super) fn allowed_signers(bytes: &[u8]) {
    if verified(bytes, &signed().signature.text) {
        let text = String::from_utf8_lossy(bytes);
        assert!(text.contains(&signed().public), "{text:?}");
    }
}

#[test]
fn samples_are_good() {
    let (signature, allowed) = signature_samples();
    assert!(verified(allowed, &String::from_utf8_lossy(signature)));
    snapshot(snapshot_sample());
    assert!(kept().store.snapshot(&scope()).unwrap().is_some());
}
