//! Runs what a page shows: its blocks as tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::Result;

/// Makes tests from the blocks of a page. Blocks with a `main` are programs; the others are, one after the
/// other, a program of their own.
pub fn tests_of(page: &Path, target: &Path) -> Result<()> {
    let page = fs::read_to_string(page)?;
    for (language, name) in [("kotlin", "ReadmeTest.kt"), ("java", "ReadmeJavaTest.java")] {
        let folder = target.join(language);
        fs::create_dir_all(&folder)?;
        let blocks = Blocks::of(&page, language);
        let text = if language == "kotlin" {
            kotlin_page(&blocks)
        } else {
            java_page(&blocks)
        };
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

/// A page's blocks in one language.
#[derive(Default)]
struct Blocks {
    imports: BTreeSet<String>,
    programs: String,
    lines: String,
}

impl Blocks {
    fn of(page: &str, language: &str) -> Self {
        let mut all = Self::default();
        let mut block: Option<String> = None;
        for line in page.lines() {
            match (&mut block, line.starts_with("```")) {
                (Some(text), true) => {
                    let to = if text.contains("fun main()") {
                        &mut all.programs
                    } else {
                        &mut all.lines
                    };
                    to.push_str(text);
                    block = None;
                }
                (None, true) => {
                    block = (line == format!("```{language}")).then(String::new);
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

fn kotlin_page(blocks: &Blocks) -> String {
    format!(
        "package com.stablevps.pages\n\n{}\n{}\ninternal class ReadmeTest {{\n    \
         @org.junit.jupiter.api.Test\n    fun `the program runs`() = main()\n\n    \
         @org.junit.jupiter.api.Test\n    \
         fun `the blocks run`() = kotlinx.coroutines.test.runTest {{\n{}    }}\n}}\n",
        blocks.imports(),
        blocks.programs,
        blocks.lines
    )
}

fn java_page(blocks: &Blocks) -> String {
    format!(
        "package com.stablevps.pages;\n\n{}\nclass ReadmeJavaTest {{\n    \
         @org.junit.jupiter.api.Test\n    \
         void theBlocksRun() throws Exception {{\n{}    }}\n}}\n",
        blocks.imports(),
        blocks.lines
    )
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
    }
}
