//! Runs what pages show: their blocks as tests.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};

/// Makes tests from the blocks of a page. Blocks with a `main` are programs; the others are, one after the
/// other, a program of their own. Those marked `no-run`, which need a real account, are only compiled.
pub fn tests_of(page: &Path, class: &str, target: &Path) -> Result<()> {
    let page = fs::read_to_string(page)?;
    for (language, ending) in [("kotlin", "kt"), ("java", "java")] {
        let folder = target.join(language);
        fs::create_dir_all(&folder)?;
        let blocks = Blocks::of(&page, language);
        ensure!(
            blocks.count == page.matches(&format!("```{language}")).count(),
            "a block of {language} is left out"
        );
        let (class, text) = if language == "java" {
            let class = format!("{class}InJavaTest");
            let text = java_page(&blocks, &class);
            (class, text)
        } else {
            let class = format!("{class}Test");
            let text = kotlin_page(&blocks, &class);
            (class, text)
        };
        if blocks.count > 0 {
            fs::write(folder.join(format!("{class}.{ending}")), text)?;
        }
    }
    Ok(())
}

/// A page's blocks in one language.
#[derive(Default)]
struct Blocks {
    imports: BTreeSet<String>,
    programs: String,
    lines: String,
    not_run: Vec<String>,
    count: usize,
}

impl Blocks {
    fn of(page: &str, language: &str) -> Self {
        let mut all = Self::default();
        let (run, not_run) = (format!("```{language}"), format!("```{language} no-run"));
        let mut block: Option<String> = None;
        let mut is_run = true;
        for line in page.lines() {
            match (&mut block, line.starts_with("```")) {
                (Some(text), true) => {
                    all.count += 1;
                    if !is_run {
                        all.not_run.push(text.clone());
                    } else if text.contains("fun main()") {
                        all.programs.push_str(text);
                    } else {
                        all.lines.push_str(text);
                    }
                    block = None;
                }
                (None, true) => {
                    is_run = line == run;
                    block = (is_run || line == not_run).then(String::new);
                }
                (Some(_), false) if line.starts_with("import ") => {
                    all.imports.insert(line.to_owned());
                }
                (Some(text), false) => text.extend([line, "\n"]),
                (None, false) => {}
            }
        }
        all
    }

    fn imports(&self) -> String {
        self.imports
            .iter()
            .map(|line| line.clone() + "\n")
            .collect()
    }
}

fn kotlin_page(blocks: &Blocks, class: &str) -> String {
    let mut text = format!(
        "package com.stablevps.pages\n\n{}\n{}\ninternal class {class} {{\n    \
         @org.junit.jupiter.api.Test\n    \
         fun `the blocks run`() = kotlinx.coroutines.test.runTest {{\n{}    }}\n",
        blocks.imports(),
        blocks.programs,
        blocks.lines
    );
    if !blocks.programs.is_empty() {
        text += "\n    @org.junit.jupiter.api.Test\n    fun `the program runs`() = main()\n";
    }
    for (number, block) in blocks.not_run.iter().enumerate() {
        let _ = write!(
            text,
            "\n    suspend fun compiled{number}() {{\n{block}    }}\n"
        );
    }
    text + "}\n"
}

fn java_page(blocks: &Blocks, class: &str) -> String {
    let mut text = format!(
        "package com.stablevps.pages;\n\n{}\nclass {class} {{\n    \
         @org.junit.jupiter.api.Test\n    \
         void theBlocksRun() throws Exception {{\n{}    }}\n",
        blocks.imports(),
        blocks.lines
    );
    for (number, block) in blocks.not_run.iter().enumerate() {
        let _ = write!(
            text,
            "\n    void compiled{number}() throws Exception {{\n{block}    }}\n"
        );
    }
    text + "}\n"
}

#[cfg(test)]
mod tests {
    use super::Blocks;

    #[test]
    fn programs_and_the_lines_of_other_blocks_are_told_apart() {
        let page = "a\n```kotlin\nimport b\nfun main() = c()\n```\n```kotlin no-run\nd\n```\n```kotlin\nimport b\ne\n```\n";
        let blocks = Blocks::of(page, "kotlin");
        assert_eq!(blocks.imports(), "import b\n");
        assert_eq!(blocks.programs, "fun main() = c()\n");
        assert_eq!(blocks.lines, "e\n");
        assert_eq!(blocks.not_run, ["d\n"]);
        assert_eq!(blocks.count, 3);
    }
}
