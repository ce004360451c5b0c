//! Commands of the AWS CLI that callsheet tells: a shell makes of each word what it was, and nothing else.

use super::world;
use callsheet::domain::{
    call::{Called, aws_form},
    ids::Scope,
    operation::Operation,
    text::neutral,
};
use std::process::Command;

/// Returns the words that `aws` is called with where a line is pasted into a shell; the line has done nothing else then.
fn words(line: &str) -> Vec<String> {
    // The name is a function here, so that whatever else the line called would not be found, and fail.
    let script = format!("PATH=/nowhere; aws() {{ printf '%s\\0' \"$@\"; }}; {line}\n");
    let output = Command::new("/bin/sh").arg("-c").arg(&script).output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && err.is_empty(), "{line:?}: {err}");
    let out = String::from_utf8(output.stdout).unwrap();
    out.split_terminator('\0').map(str::to_owned).collect()
}

#[test]
fn a_command_that_is_pasted_has_the_words_that_were_meant() {
    for text in world::texts() {
        let scope = Scope {
            account: "111122223333".to_owned(),
            region: format!("eu{text}").replace('\0', ""),
            endpoint: Some(format!("{text}:4010").replace('\0', "")),
        };
        // No argument of a program holds a zero byte.
        let text = text.replace('\0', "");
        let parameters = [("contact-id".to_owned(), text.clone())];
        let line = aws_form(Called::Read(Operation::GetContact), &parameters, &scope);
        let (option, value) = ("--contact-id".to_owned(), text.clone());
        // What begins like an option is bound to its own.
        let contact = if text.starts_with('-') {
            vec![format!("{option}={value}")]
        } else {
            vec![option, value]
        };
        let expected = [
            vec!["ssm-contacts".to_owned(), "get-contact".to_owned()],
            contact,
            vec!["--region".to_owned(), scope.region.clone()],
        ]
        .concat();
        let got = words(&line);
        assert_eq!(got[..expected.len()], expected, "{line:?}");
        assert_eq!(
            got.len(),
            expected.len()
                + if scope.endpoint.as_ref().unwrap().starts_with('-') {
                    1
                } else {
                    2
                }
        );
        // As it is shown and copied, it is as many words.
        assert_eq!(words(&neutral(&line)).len(), got.len(), "{line:?}");
    }
}
