//! The list of commands as files: the key file that an operator may copy and change, and the cheat sheet.

use super::{
    command::{COMMANDS, KeyPlace},
    screens::ScreenId,
};

/// Returns the key file with every default: `command = ["key", …]`.
pub fn key_file() -> String {
    let mut text = "\
# The keys of callsheet. Copy this file, name the copy under keys in the configuration file (callsheet config says which
# that is), and keep only what you change: a command that is not named keeps its keys, and an empty list takes them away.
#
# A key is a character such as j or G, or one of enter, esc, tab, backtab, space, up, down, left, right, home, end,
# pageup, pagedown, backspace, delete, f1 … f12; ctrl- or alt- goes before it.
"
    .to_owned();
    for command in COMMANDS {
        let keys: Vec<String> = command.keys.iter().map(|key| format!("{key:?}")).collect();
        text.extend([format!(
            "\n# {}\n{} = [{}]\n",
            command.doc,
            command.name,
            keys.join(", ")
        )]);
    }
    text
}

/// Returns the cheat sheet in Markdown.
pub fn cheat_sheet() -> String {
    let mut text = "\
# Keys

What each key does, unless the key file says otherwise. `?` shows the same on the desk, and `:` finds a command by name.
"
    .to_owned();
    for (place, title) in [
        (KeyPlace::Screen, "On a screen"),
        (KeyPlace::List, "On a list"),
        (KeyPlace::Page, "On a page that is simulated"),
        (KeyPlace::Everywhere, "Everywhere, menus and texts included"),
    ] {
        text.extend([format!("\n## {title}\n\n| keys | command | does |\n|---|---|---|\n")]);
        for command in COMMANDS.iter().filter(|command| command.place == place) {
            let keys: Vec<String> = command.keys.iter().map(|key| format!("`{key}`")).collect();
            text.extend([format!(
                "| {} | `{}` | {} |\n",
                keys.join(" "),
                command.name,
                command.doc
            )]);
        }
    }
    text.push_str("\n## Columns\n\nWhat `/column:value` can look into. A name may be cut as long as it stays unique.\n\n| screen | columns |\n|---|---|\n");
    for screen in ScreenId::ALL {
        let columns: Vec<String> = screen
            .columns()
            .iter()
            .map(|column| format!("`{}`", column.name))
            .collect();
        text.extend([format!(
            "| {} {} | {} |\n",
            screen.number(),
            screen.title(),
            columns.join(" ")
        )]);
    }
    text
}
