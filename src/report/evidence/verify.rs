//! The page that says how to check the evidence, with and without callsheet.

use super::{Evidence, OPENED};
use crate::{domain::text::neutral, review::Population};
use std::fmt::Write as _;

/// Returns the page. Its shell lines stop at the first thing that does not check.
pub(super) fn page(evidence: &Evidence<'_>) -> String {
    let mut text = String::from(
        "# How to check this folder

Run these lines in this folder, with `sh -e` or line by line. They need `sha256sum`, `sed`, `jq` and, for signatures,
`ssh-keygen`. Each part prints what it found, and stops at the first thing that does not check.

Compare the head with the one that was noted elsewhere at the sign-off (a ticket, a mail): whoever can replace this folder can
replace this page, too.

## The files

The ledger of the account has the SHA-256 of each file in the record `exported` that follows the last one here.

```sh
sha256sum -c SHA256SUMS
```

## The ledger

Each record holds the hash of the one before it, and the SHA-256 of its own bytes.

```sh
prev=$(printf %064d 0)
while IFS= read -r line; do
  hash=$(printf %s \"$line\" | sed 's/.*,\"hash\":\"\\([0-9a-f]*\\)\"}$/\\1/')
  sum=$(printf %s \"$line\" | sed 's/,\"hash\":\"[0-9a-f]*\"}$//' | tr -d '\\n' | sha256sum | cut -d ' ' -f 1)
  [ \"$sum\" = \"$hash\" ] || { printf 'altered: %s\\n' \"$line\"; exit 1; }
  case $line in *\"\\\"prev\\\":\\\"$prev\\\"\"*) ;; *) printf 'does not follow: %s\\n' \"$line\"; exit 1 ;; esac
  prev=$hash
done < ledger.jsonl
",
    );
    let head = evidence.head;
    writeln!(
        text,
        "[ \"$prev\" = {head} ] || {{ echo \"another head: $prev\"; exit 1; }}\necho \"ledger: sound, head $prev\"\n```\n\n\
         With callsheet:\n\n```sh\ncallsheet ledger verify --file ledger.jsonl --head {head}\n```"
    )
    .ok();
    text.push_str(&signatures(evidence));
    text.push_str("\n## The rows\n");
    if let Some(rows) = evidence.rows() {
        text.push_str(&population("population.json", rows));
    }
    if let (Some(signed), Some(frozen)) = (evidence.signed, evidence.frozen)
        && signed.digest != frozen.digest
    {
        text.push_str(&population(OPENED, frozen));
    }
    text.push_str(&findings(evidence));
    text
}

fn findings(evidence: &Evidence<'_>) -> String {
    let mut text = "\n## What was found\n\n".to_owned();
    let kept = super::kept(evidence);
    if kept.is_empty() {
        text.push_str(
            "What the checks said then is not in this folder: summary.md says why. What they say now is in `findings.csv`.\n",
        );
        return text;
    }
    text.push_str(
        "What the checks said then, and the account as it was read, is one file for each reading. Its SHA-256 stands in the ledger\n\
         as `findings` of the record `population` that names the rows of the same reading.\n\n```sh\n",
    );
    for (name, found) in kept {
        let (digest, rows) = (&found.digest, &found.population);
        writeln!(
            text,
            "[ \"$(sha256sum < {name} | cut -d ' ' -f 1)\" = {digest} ] || {{ echo 'other findings: {name}'; exit 1; }}\n\
             grep -q '\"digest\":\"{rows}\",\"findings\":\"{digest}\"' ledger.jsonl || {{ echo 'the ledger does not name these findings: {name}'; exit 1; }}\n\
             echo '{name}: as the ledger names it'"
        )
        .ok();
    }
    text.push_str("```\n");
    text
}

fn signatures(evidence: &Evidence<'_>) -> String {
    let mut text = "\n## The signatures\n\n".to_owned();
    let signed: Vec<_> = evidence
        .signatures()
        .filter_map(|signed| Some((signed, signed.sign_off.signature.as_ref()?)))
        .collect();
    if signed.is_empty() {
        text.push_str("Nobody signed with a key.\n");
        return text;
    }
    text.push_str(
        "What is signed is the head of the ledger as it was before the sign-off: 64 digits without a line end. The file of allowed\n\
         signers says whose key is whose. Take your own, from a place that you trust, and name it in `ALLOWED_SIGNERS`.\n\n```sh\n",
    );
    for (signed, signature) in signed {
        let (seq, head) = (signed.mark.seq, &signed.sign_off.head);
        writeln!(
            text,
            "grep -q '^{{\"v\":1,\"seq\":{seq},.*\"prev\":\"{head}\"' ledger.jsonl || {{ echo 'record {seq} stands behind another head'; exit 1; }}\n\
             [ \"$(cat signatures/{seq}.head)\" = {head} ] || {{ echo 'signatures/{seq}.head is another head'; exit 1; }}\n\
             ssh-keygen -Y verify -f \"$ALLOWED_SIGNERS\" -I {} -n callsheet -s signatures/{seq}.sig < signatures/{seq}.head",
            quoted(&signature.principal)
        )
        .ok();
    }
    text.push_str("```\n\nWith callsheet:\n\n```sh\n");
    text.push_str("callsheet ledger verify --file ledger.jsonl --allowed-signers \"$ALLOWED_SIGNERS\"\n```\n");
    text
}

fn population(name: &str, population: &Population) -> String {
    let digest = &population.digest;
    format!(
        "
The digest of each row is that of its JSON without `digest`; that of `{name}` is that of its rows' digests. The ledger names it.

```sh
jq -r '.rows[] | .digest, (del(.digest) | tojson)' {name} | while IFS= read -r digest && IFS= read -r row; do
  sum=$(printf %s \"$row\" | sha256sum | cut -d ' ' -f 1)
  [ \"$sum\" = \"$digest\" ] || {{ printf 'altered: %s\\n' \"$row\"; exit 1; }}
done
sum=$(jq -r '.rows[].digest' {name} | sha256sum | cut -d ' ' -f 1)
[ \"$sum\" = {digest} ] || {{ echo 'other rows: {name}'; exit 1; }}
grep -q {digest} ledger.jsonl || {{ echo 'the ledger does not name these rows: {name}'; exit 1; }}
echo '{name}: as the ledger names it'
```
"
    )
}

/// Returns a word that a shell takes as it is.
fn quoted(text: &str) -> String {
    format!("'{}'", neutral(text).replace('\'', r"'\''"))
}
