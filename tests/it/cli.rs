//! The built program: arguments, output, exit status.

use assert_cmd::Command;
use std::fs;
use tempfile::TempDir;

/// The program in an empty home, with an empty environment.
struct Program {
    home: TempDir,
}

/// What a run came to.
struct Ended {
    status: i32,
    out: String,
    err: String,
}

impl Program {
    fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callsheet"));
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .current_dir(self.home.path());
        command
    }

    /// Runs the program with arguments that hold no blanks.
    fn run(&self, arguments: &str) -> Ended {
        let output = self.command().args(arguments.split_whitespace()).output().unwrap();
        Ended {
            status: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.home.path().join(name), text).unwrap();
    }
}

const COMMANDS: [&str; 5] = ["inventory", "emulator", "config", "completions", "man"];

#[test]
fn help_names_every_command_and_exit_status_in_plain_text() {
    let program = Program::new();
    for arguments in ["-h", "--help"] {
        let ended = program.run(arguments);
        assert_eq!((ended.status, ended.err.as_str()), (0, ""));
        for command in COMMANDS {
            assert!(
                ended.out.contains(&format!("\n  {command} ")),
                "{arguments} lacks {command}"
            );
        }
        assert!(!ended.out.contains('\u{1b}'), "{arguments} has colours in a pipe");
        assert!(
            ended.out.lines().all(|line| line.chars().count() <= 100),
            "{arguments} has long lines"
        );
    }
    assert!(program.run("--help").out.contains("Exit status:"));
}

#[test]
fn the_readme_names_every_command() {
    let readme = include_str!("../../README.md");
    for command in COMMANDS {
        assert!(
            readme.contains(&format!("callsheet {command}")),
            "README.md lacks {command}"
        );
    }
    assert!(readme.contains("\ncargo run --release -- --demo\ncargo test\n"));
}

#[test]
fn every_command_has_help_at_length() {
    let program = Program::new();
    for command in COMMANDS {
        let ended = program.run(&format!("{command} --help"));
        assert_eq!(ended.status, 0, "{command}");
        assert!(ended.out.contains("Usage: callsheet"), "{command}");
        assert!(
            ended.out.contains("--profile <NAME>"),
            "{command} takes the options of every command"
        );
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    let ended = Program::new().run("--version");
    assert_eq!(ended.out, format!("callsheet {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn completions_are_made_for_every_shell() {
    let program = Program::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ended = program.run(&format!("completions {shell}"));
        assert_eq!(ended.status, 0, "{shell}");
        assert!(
            ended.out.contains("inventory") && ended.out.contains("endpoint-url"),
            "{shell}"
        );
    }
    assert_eq!(program.run("completions tcsh").status, 2);
}

#[test]
fn each_command_has_a_manual_page() {
    let program = Program::new();
    let page = program.run("man").out;
    assert!(page.contains(".TH callsheet 1"), "{page}");
    let page = program.run("man inventory").out;
    assert!(
        page.contains(".TH callsheet-inventory 1") && page.contains("callsheet inventory"),
        "{page}"
    );
    let ended = program.run("man nothing");
    assert_eq!(ended.status, 2);
    assert!(ended.err.contains("no command “nothing”"), "{}", ended.err);
}

#[test]
fn wrong_usage_is_told_with_the_right_word() {
    let ended = Program::new().run("inventry");
    assert_eq!((ended.status, ended.out.as_str()), (2, ""));
    assert!(ended.err.contains("inventory"), "{}", ended.err);
    assert!(!ended.err.contains('\u{1b}'));
}

#[test]
fn the_options_of_every_command_stand_before_and_after_it() {
    let program = Program::new();
    for arguments in ["--fresh inventory", "inventory --fresh", "--fresh"] {
        let ended = program.run(arguments);
        assert_eq!(ended.status, 2, "{arguments}");
        assert!(ended.err.contains("needs --demo"), "{arguments}: {}", ended.err);
    }
}

#[test]
fn the_settings_are_printed_and_can_be_read_back() {
    let program = Program::new();
    let ended = program.run("config");
    assert_eq!(ended.status, 0);
    let path = if cfg!(target_os = "macos") {
        "Library/Application Support"
    } else {
        ".config"
    };
    let path = program.home.path().join(path).join("callsheet/config.toml");
    let first = ended.out.lines().next().unwrap();
    assert!(
        first.contains(&path.display().to_string()) && first.contains("does not exist"),
        "{first}"
    );
    program.write("config.toml", &ended.out);
    let ended = program.run("--config config.toml config");
    assert!(
        ended.out.starts_with("# Settings are read from config.toml."),
        "{}",
        ended.out
    );
}

#[test]
fn a_mistake_in_the_settings_is_told_in_five_lines() {
    let program = Program::new();
    program.write("config.toml", "[colors]\ndanger = 7\n");
    for (arguments, expected) in [
        (
            "--config config.toml inventory",
            "config.toml is wrong in line 2, column 10",
        ),
        ("inventory --config none.toml", "none.toml could not be read"),
    ] {
        let ended = program.run(arguments);
        assert_eq!((ended.status, ended.out.as_str()), (2, ""), "{arguments}");
        assert!(ended.err.starts_with("error: "), "{}", ended.err);
        assert!(ended.err.contains(expected), "{arguments}: {}", ended.err);
        assert!(ended.err.lines().count() <= 5, "{}", ended.err);
    }
    let ended = program.run("--config config.toml config");
    assert_eq!(ended.status, 0, "the settings can be looked up while they are broken");
}

#[test]
fn the_environment_can_name_the_settings() {
    let program = Program::new();
    program.write("mine.toml", "regoin = 1");
    let output = program
        .command()
        .arg("inventory")
        .env("CALLSHEET_CONFIG", "mine.toml")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean “region”"));
}

#[test]
fn the_log_is_json_lines_for_its_owner_only() {
    let program = Program::new();
    program.write("config.toml", "nonsense");
    for _ in 0..2 {
        assert_eq!(program.run("--log log.json --config config.toml inventory").status, 2);
    }
    let path = program.home.path().join("log.json");
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let count = |message: &str| lines.iter().filter(|line| line["message"] == message).count();
    assert_eq!(count("started"), 2, "the second run appends: {text}");
    assert!(lines.iter().all(|line| {
        line["target"]
            .as_str()
            .is_some_and(|target| target.starts_with("callsheet"))
    }));
    assert!(lines.iter().any(|line| line["level"] == "ERROR"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_log_that_cannot_be_written_stops_the_start() {
    let ended = Program::new().run("--log none/log.json inventory");
    assert_eq!(ended.status, 5);
    assert!(ended.err.contains("none/log.json could not be opened"), "{}", ended.err);
}
