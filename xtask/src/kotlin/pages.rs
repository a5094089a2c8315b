//! What a page shows runs: its blocks as tests.

use std::fs;
use std::path::Path;

use anyhow::Result;

/// Makes tests of what the pages show: the blocks of a page one after the other, as one program.
pub fn tests_of(page: &Path, target: &Path) -> Result<()> {
    let page = fs::read_to_string(page)?;
    for language in ["kotlin", "java"] {
        let folder = target.join(language);
        fs::create_dir_all(&folder)?;
        let (name, text) = if language == "kotlin" {
            ("ReadmeTest.kt", kotlin_page(&blocks(&page, language)))
        } else {
            ("ReadmeJavaTest.java", java_page(&blocks(&page, language)))
        };
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

/// The imports of a page's blocks, and all their other lines.
fn blocks(page: &str, language: &str) -> (String, String) {
    let (mut imports, mut lines) = (String::new(), String::new());
    let mut is_inside = false;
    for line in page.lines() {
        if line.starts_with("```") {
            is_inside = line == format!("```{language}");
        } else if is_inside {
            let to = if line.starts_with("import ") {
                &mut imports
            } else {
                &mut lines
            };
            to.extend([line, "\n"]);
        }
    }
    (imports, lines)
}

fn kotlin_page((imports, lines): &(String, String)) -> String {
    format!(
        "package com.stablevps.pages\n\n{imports}\ninternal class ReadmeTest {{\n    \
         @org.junit.jupiter.api.Test\n    \
         fun `the blocks run`() = kotlinx.coroutines.test.runTest {{\n{lines}    }}\n}}\n"
    )
}

fn java_page((imports, lines): &(String, String)) -> String {
    format!(
        "package com.stablevps.pages;\n\n{imports}\nclass ReadmeJavaTest {{\n    \
         @org.junit.jupiter.api.Test\n    \
         void theBlocksRun() throws Exception {{\n{lines}    }}\n}}\n"
    )
}
