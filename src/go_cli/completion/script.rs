//! The script that a shell loads. The texts are those of cobra; see `NOTICE`.

use super::super::Tree;
use super::bash;

/// What the scripts of all shells but bash consist of.
const FIXED: &[(&str, &str)] =
    &[("zsh", include_str!("zsh.txt")), ("fish", include_str!("fish.txt")), ("powershell", include_str!("powershell.txt"))];

/// The beginning and the end of the script for bash.
const BASH: [&str; 2] = [include_str!("bash-start.txt"), include_str!("bash-end.txt")];

/// The script for a shell. `running` is the path of the command that prints it.
pub fn script(tree: &Tree, shell: &str, running: &str) -> Option<String> {
    if shell == "bash" {
        let [start, end] = BASH.map(|text| named(text, tree.program));
        return Some(format!("{start}{}{end}", bash::functions(tree, running)));
    }
    FIXED.iter().find(|(name, _)| *name == shell).map(|(_, text)| named(text, tree.program))
}

/// A text with the name of the program.
fn named(text: &str, program: &str) -> String {
    text.replace("@padded@", &format!("{program:36}")).replace("@name@", program).replace("@NAME@", &program.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "= .\nuse: tool\nflag: bool verbose v\n\n= get\nuse: get NAME\nalias: g\nruns\none of: pod node\n\
                         flag: string output o\nchoices: json yaml\n\n= help\nuse: help\nruns\n";

    #[test]
    fn scripts_have_no_placeholders() {
        let tree = Tree::of_table("tool", SMALL);
        for shell in ["bash", "zsh", "fish", "powershell"] {
            let text = script(&tree, shell, "completion").unwrap_or_default();
            assert!(text.contains("__tool_debug"), "{shell}");
            assert_eq!(text.contains("TOOL_ACTIVE_HELP"), shell != "zsh", "{shell}");
            assert!(["@name@", "@NAME@", "@padded@"].iter().all(|mark| !text.contains(mark)), "{shell}");
        }
        assert_eq!(script(&tree, "tcsh", "completion"), None);
    }

    #[test]
    fn bash_knows_commands_flags_and_arguments() {
        let text = script(&Tree::of_table("tool", SMALL), "bash", "get").unwrap_or_default();
        let start = text.find("_tool_get()").unwrap_or_default();
        let end = text.find("_tool_help()").unwrap_or_default();
        let rows: Vec<&str> = text[start..end].lines().map(str::trim).filter(|row| row.contains("+=")).collect();
        let expected = [
            r#"flags+=("--help")"#,
            r#"flags+=("-h")"#,
            r#"local_nonpersistent_flags+=("--help")"#,
            r#"local_nonpersistent_flags+=("-h")"#,
            r#"flags+=("--output=")"#,
            r#"two_word_flags+=("--output")"#,
            r#"flags_with_completion+=("--output")"#,
            r#"flags_completion+=("__tool_handle_go_custom_completion")"#,
            r#"two_word_flags+=("-o")"#,
            r#"flags_with_completion+=("-o")"#,
            r#"flags_completion+=("__tool_handle_go_custom_completion")"#,
            r#"local_nonpersistent_flags+=("--output")"#,
            r#"local_nonpersistent_flags+=("--output=")"#,
            r#"local_nonpersistent_flags+=("-o")"#,
            r#"flags+=("--verbose")"#,
            r#"flags+=("-v")"#,
            r#"must_have_one_noun+=("node")"#,
            r#"must_have_one_noun+=("pod")"#,
        ];
        assert_eq!(rows, expected);
        assert!(text.contains("        command_aliases+=(\"g\")\n        aliashash[\"g\"]=\"get\"\n    fi\n"));
    }
}
