//! `callsheet ledger`: what was recorded of an account, and whether it still stands as it was written.
#![expect(
    clippy::doc_markdown,
    reason = "these comments are the help texts, where backticks would be noise"
)]

use super::{
    Status, evidence,
    output::{self, Format},
    paper,
};
use crate::{
    config::Config,
    domain::{ids::Scope, text::neutral},
    failure::{Failure, FailureKind},
    ledger::{Entry, chain::Chain, hash::RecordHash},
    report::ledger::{self as report, Files, Selection, Signatures, Verification},
    store::{Store, found, ledger, population, signature},
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// Show what callsheet has recorded of an account, or check that nobody has altered it.
///
/// The ledger is a file of JSON lines in the data directory, one for each account and Region. Each line holds the hash of the
/// line before it, so that nothing can be altered, left out or put in between without a trace. Nothing is asked of AWS, but by co-sign who is signed in.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  callsheet ledger show
  callsheet ledger show --kind sign_off --kind decision --format json
  callsheet ledger verify
  callsheet ledger verify --file evidence/ledger.jsonl --head 5f3c…
  callsheet ledger export --review 2026-Q4 --to evidence
  callsheet ledger co-sign --review 2026-Q4 --name \"Olga Petrova\"

Which ledger it is: the one of --file; or the one of the account that these settings led to last time; or the only one \
in the data directory. Its file is named in the output.";

/// What can be done with a ledger.
#[derive(Debug, clap::Subcommand)]
enum Command {
    Show(ShowArguments),
    Verify(VerifyArguments),
    Export(evidence::ExportArguments),
    CoSign(evidence::CoSignArguments),
}

/// Which ledger it is.
#[derive(Debug, clap::Args)]
pub(super) struct Named {
    /// Take this file, wherever it comes from.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Show the records, the newest first.
#[derive(Debug, clap::Args)]
struct ShowArguments {
    #[command(flatten)]
    named: Named,

    /// Show only records of this kind, such as note or sign_off; may be given several times.
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<String>,

    /// Show only records whose line holds this text, in upper or lower case.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,

    /// Show the oldest first.
    #[arg(long)]
    oldest_first: bool,

    /// How to write it.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Check every record, and say what was checked.
#[derive(Debug, clap::Args)]
#[command(after_long_help = VERIFY_HELP)]
struct VerifyArguments {
    #[command(flatten)]
    named: Named,

    /// Look for this hash, which was noted at an earlier time: the head of then.
    ///
    /// It has to be that of the last record or of an earlier one; how many came after it is told. If no record has it, the
    /// ledger was cut short or written anew.
    #[arg(long, value_name = "HASH", value_parser = hash)]
    head: Option<RecordHash>,

    /// Check the signatures of sign-offs against this file of allowed signers, as ssh-keygen has it.
    ///
    /// A sign-off without a signature does not check then.
    #[arg(long, value_name = "FILE")]
    allowed_signers: Option<PathBuf>,
}

const VERIFY_HELP: &str = "\
Exit status:
  0    Every record follows from the one before it, and all else that was asked checks.
  1    Something does not check; the first bad record is named, and every file of rows or findings that is missing or was
       altered.
  2    The command line is wrong, or there is no ledger.
  5    The ledger could not be read.";

fn hash(text: &str) -> Result<RecordHash, String> {
    RecordHash::parse(text.trim().to_ascii_lowercase().as_bytes())
        .ok_or_else(|| "a hash is written as 64 hexadecimal digits".to_owned())
}

/// Does what was asked with a ledger.
pub(super) fn run(arguments: &Arguments, config: &Config) -> Result<Status, Failure> {
    match &arguments.command {
        Command::Show(arguments) => show(arguments, config),
        Command::Verify(arguments) => verify(arguments, config),
        Command::Export(arguments) => evidence::export(arguments, config),
        Command::CoSign(arguments) => evidence::co_sign(arguments, config),
    }
}

fn show(arguments: &ShowArguments, config: &Config) -> Result<Status, Failure> {
    let (path, chain) = read(&arguments.named, config)?;
    let selection = Selection {
        kinds: arguments.kind.clone(),
        text: arguments.filter.clone(),
        is_oldest_first: arguments.oldest_first,
    };
    let text = match arguments.format {
        Format::Table => report::table(&path, &chain, &selection, paper::layout()),
        Format::Json => report::json(&path, &chain, &selection),
    };
    output::write(text.as_bytes())?;
    Ok(status(chain.state.fault.is_none()))
}

fn verify(arguments: &VerifyArguments, config: &Config) -> Result<Status, Failure> {
    let (path, chain) = read(&arguments.named, config)?;
    let signers = arguments.allowed_signers.as_deref();
    let verification = Verification {
        path: &path,
        chain: &chain,
        head: arguments.head,
        signatures: signers.map(|signers| signatures(&chain, signers)).transpose()?,
        files: files(&path, &chain, arguments.named.file.is_some()),
    };
    output::write(verification.text(paper::layout()).as_bytes())?;
    Ok(status(verification.is_good()))
}

fn status(is_good: bool) -> Status {
    if is_good { Status::Success } else { Status::Findings }
}

/// Checks the signature of each sign-off. What is signed are the digits of the head, without a line end.
fn signatures(chain: &Chain, signers: &Path) -> Result<Signatures, Failure> {
    std::fs::metadata(signers).map_err(|error| {
        let what = format!("The file of allowed signers {} could not be read.", signers.display());
        Failure::new(FailureKind::Usage, what).because_of(&error)
    })?;
    let mut signatures = Signatures::default();
    for record in chain.proven().iter().filter(|record| record.kind == "sign_off") {
        let checked = match record.entry() {
            Err(why) => Err(why.to_string()),
            Ok(Entry::SignOff(sign_off)) => match sign_off.signature {
                None => Err("the sign-off is not signed".to_owned()),
                Some(signature) => {
                    signature::verify(signers, &signature, &sign_off.head)?.map(|()| signature.principal)
                }
            },
            Ok(_) => continue,
        };
        match checked {
            Ok(who) => signatures.good.push((record.seq, who)),
            Err(why) => signatures.bad.push((record.seq, why)),
        }
    }
    Ok(signatures)
}

/// Checks the files that records of readings name, each once. They lie beside a ledger in its place; a copy elsewhere may have
/// come without any.
fn files(path: &Path, chain: &Chain, is_named: bool) -> Files {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut files = Files::default();
    let mut seen = BTreeSet::new();
    let readings = chain.proven().iter().filter_map(|record| match record.entry() {
        Ok(Entry::Population(reading)) => Some((record.seq, reading)),
        _ => None,
    });
    let readings: Vec<_> = readings.collect();
    if is_named && !readings.is_empty() && !population::lies_in(folder) && !found::lies_in(folder) {
        files.unchecked = Some("the files of rows and findings do not lie beside this file".to_owned());
        return files;
    }
    for (seq, reading) in readings {
        if seen.insert(reading.digest.clone()) {
            let found = population::read(folder, &reading.digest);
            files.take(seq, "population", &reading.digest, found.map(|found| found.map(drop)));
        }
        let Some(digest) = reading.findings.filter(|digest| seen.insert(digest.clone())) else {
            continue;
        };
        match found::read(folder, &digest) {
            Ok(Some(found)) if found.population != reading.digest => {
                let why = format!("the findings {digest} are those of other rows");
                files.bad.push((seq, why));
            }
            found => files.take(seq, "findings", &digest, found.map(|found| found.map(drop))),
        }
    }
    files
}

/// Finds the ledger that is meant, and reads it.
pub(super) fn read(named: &Named, config: &Config) -> Result<(PathBuf, Chain), Failure> {
    if let Some(path) = &named.file {
        return Ok((path.clone(), ledger::read(path, None)?));
    }
    let store = Store::new(config);
    let path = find(&store, config)?;
    let chain = ledger::read(&path, None)?;
    in_its_place(&store, &path, &chain)?;
    Ok((path, chain))
}

/// Refuses a ledger that lies in the folder of another account.
pub(super) fn in_its_place(store: &Store, path: &Path, chain: &Chain) -> Result<(), Failure> {
    match chain.state.scope() {
        Some(scope) if store.ledger(scope) != path => Err(misplaced(path, scope)),
        _ => Ok(()),
    }
}

fn misplaced(path: &Path, scope: &Scope) -> Failure {
    let (account, region) = (neutral(&scope.account), neutral(&scope.region));
    Failure::new(
        FailureKind::Disk,
        format!("The ledger {} does not belong there.", path.display()),
    )
    .because(format!(
        "it is about account {account} in {region}, and its folder is that of another"
    ))
    .hint("put it back where it belongs; to look at it where it is, name it with --file")
}

/// Returns the ledger that the settings lead to.
pub(super) fn find(store: &Store, config: &Config) -> Result<PathBuf, Failure> {
    let asked = config.asked.as_ref();
    if let Some(asked) = asked
        && let Some(scope) = store.last_scope(asked)?
    {
        let path = store.ledger(&scope);
        if path.exists() {
            return Ok(path);
        }
    }
    let region = asked.map_or(&config.connection.region, |asked| &asked.region);
    let mut all = ledger::all(store, region.as_deref())?;
    match (all.pop(), all.as_slice()) {
        (Some(only), []) => Ok(only),
        (None, _) => Err(Failure::new(FailureKind::Usage, "There is no ledger yet.")
            .because(format!("nothing was recorded in {}", store.data_dir().display()))
            .hint("name another directory with --data-dir, or the file with --file")),
        (Some(last), others) => {
            let paths: Vec<String> = others
                .iter()
                .chain([&last])
                .map(|path| path.display().to_string())
                .collect();
            Err(Failure::new(
                FailureKind::Usage,
                "There are several ledgers, and the settings do not say which one.",
            )
            .because(paths.join(", "))
            .hint("name one of them with --file"))
        }
    }
}
