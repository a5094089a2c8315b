//! What the files of the core may know of each other: each imports from its own layer and from those
//! before it, and no two files import from each other, in however many steps.
//!
//! The layers are the list in ARCHITECTURE.md. A name that a folder's `mod.rs` only hands on counts as that
//! of the file which declares it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_file_has_one_layer_and_every_layer_has_files() {
    let layers = layers();
    let sources = sources();
    for file in sources.keys() {
        let holding = layers.iter().filter(|layer| layer.holds(file));
        assert_eq!(holding.count(), 1, "the layers of {file}");
    }
    for entry in layers.iter().flat_map(|layer| &layer.entries) {
        let is_there = sources.keys().any(|file| holds(entry, file));
        assert!(is_there, "there is no file of {entry}");
    }
}

#[test]
fn no_file_imports_from_a_later_layer() {
    let layers = layers();
    let place = |file: &str| layers.iter().position(|layer| layer.holds(file));
    let mut upwards = Vec::new();
    for (file, imported) in imports(&sources()) {
        let later = imported.iter().filter(|other| place(other) > place(&file));
        upwards.extend(later.map(|other| format!("{file} imports from {other}")));
    }
    assert!(upwards.is_empty(), "{}", upwards.join("\n"));
}

#[test]
fn no_files_import_from_each_other_in_a_circle() {
    let circles = circles(&imports(&sources()));
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

#[test]
fn imports_are_found_however_they_are_written() {
    let sources = given(&[
        ("lib", "pub mod money; mod json; pub mod models;"),
        ("json", "macro_rules! read { () => { $crate::money::X } }"),
        (
            "money",
            "pub struct Money; pub mod exact { use super::Money; }",
        ),
        (
            "models/mod",
            "mod vps; mod keys; pub use vps::*; pub use keys::{Key, Scope as Rights};",
        ),
        (
            "models/vps",
            "open! { /// A size.\n Plan { A = \"crate::json\", } } pub struct Vps;",
        ),
        ("models/keys", "pub struct Key<'a>(&'a str); // crate::json"),
        ("one", "use crate::{json, models::{self, Vps}};"),
        (
            "two",
            "fn f(k: crate::models::Key) -> Money { crate::money::exact::read('\"', r#\"\"\"#) }",
        ),
        (
            "three",
            "mod tests { use super::super::money::Money; use super::*; }",
        ),
        ("four", "use crate::models::{Plan, Rights};"),
        (
            "five",
            "fn f() { \"crate::money\"; /* crate::money /* nested */ crate::json */ b'\\''; }",
        ),
        (
            "six",
            "pub(super) struct A; pub(crate) struct B; pub(in crate::models) struct C;",
        ),
    ]);
    let imports = imports(&sources);
    let of = |file: &str| -> Vec<&str> { imports[file].iter().map(String::as_str).collect() };
    assert_eq!(of("json"), ["money"]);
    assert_eq!(of("money"), [""; 0]);
    assert_eq!(of("models/mod"), [""; 0]);
    assert_eq!(of("models/vps"), [""; 0]);
    assert_eq!(of("one"), ["json", "models/mod", "models/vps"]);
    assert_eq!(of("two"), ["models/keys", "money"]);
    assert_eq!(of("three"), ["money"]);
    assert_eq!(of("four"), ["models/keys", "models/vps"]);
    assert_eq!(of("five"), [""; 0]);
    assert_eq!(of("six"), [""; 0]);
}

#[test]
fn a_folder_that_uses_what_it_hands_on_imports_it() {
    let sources = given(&[
        ("lib", "pub mod buying;"),
        (
            "buying/mod",
            "mod options; mod run; mod steps; mod terms; pub use terms::*;
            pub use options::{Limits, Options}; use run::Run; fn own() -> Term {}
            pub fn buy(options: Options) -> Run { steps::begin(options) }",
        ),
        ("buying/options", "pub struct Options; pub struct Limits;"),
        (
            "buying/run",
            "use super::options::Options; pub struct Run(super::Limits);",
        ),
        ("buying/steps", "use super::buy; pub fn begin() {}"),
        ("buying/terms", "pub struct Term; fn own() {}"),
    ]);
    let imports = imports(&sources);
    let of = |file: &str| -> Vec<&str> { imports[file].iter().map(String::as_str).collect() };
    assert_eq!(
        of("buying/mod"),
        [
            "buying/options",
            "buying/run",
            "buying/steps",
            "buying/terms"
        ]
    );
    assert_eq!(of("buying/run"), ["buying/options"]);
    assert_eq!(of("buying/steps"), ["buying/mod"]);
    let circles = circles(&imports);
    assert_eq!(circles, ["buying/mod -> buying/steps -> buying/mod"]);
}

/// One line of the list.
struct Layer {
    entries: Vec<String>,
}

impl Layer {
    fn holds(&self, file: &str) -> bool {
        self.entries.iter().any(|entry| holds(entry, file))
    }
}

/// Whether an entry is that file, or the folder that it is in.
fn holds(entry: &str, file: &str) -> bool {
    entry == file || entry.ends_with('/') && file.starts_with(entry)
}

/// The first fenced block of the section "Layers", the first layer first.
fn layers() -> Vec<Layer> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ARCHITECTURE.md");
    let text = fs::read_to_string(path).unwrap();
    let section = text.split("\n## Layers\n").nth(1);
    let block = section.and_then(|section| section.split("```").nth(1));
    let entries = |line: &str| line.split(", ").map(str::to_owned).collect();
    let layers: Vec<_> = block
        .expect("ARCHITECTURE.md lists the layers")
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| Layer {
            entries: entries(line),
        })
        .collect();
    assert!(layers.len() > 5, "there are only {} layers", layers.len());
    layers
}

/// Files by their names without an ending, such as `models/mod`.
type Sources = BTreeMap<String, Source>;

struct Source {
    tokens: Vec<String>,
}

fn sources() -> Sources {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Sources::new();
    let mut folders: Vec<PathBuf> = vec![folder.clone()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&folder).unwrap().with_extension("");
            let tokens = tokens(&fs::read_to_string(&path).unwrap());
            found.insert(name.to_str().unwrap().to_owned(), Source { tokens });
        }
    }
    assert!(found.len() > 30, "there are only {} files", found.len());
    found
}

fn given(files: &[(&str, &str)]) -> Sources {
    let source = |(name, text): &(&str, &str)| {
        let tokens = tokens(text);
        ((*name).to_owned(), Source { tokens })
    };
    files.iter().map(source).collect()
}

/// Names, `::` and single signs: what is left of a text without comments, texts and letters.
fn tokens(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let at = |place: usize| letters.get(place).copied().unwrap_or('\0');
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut tokens = Vec::new();
    let mut place = 0;
    while place < letters.len() {
        match (at(place), at(place + 1)) {
            ('/', '/') => {
                while place < letters.len() && at(place) != '\n' {
                    place += 1;
                }
            }
            ('/', '*') => place = behind_comment(&letters, place),
            ('"', _) => place = behind_quote(&letters, place, '"'),
            // A letter, or else a lifetime.
            ('\'', letter) if letter == '\\' || at(place + 2) == '\'' => {
                place = behind_quote(&letters, place, '\'');
            }
            (':', ':') => {
                tokens.push("::".to_owned());
                place += 2;
            }
            (first, _) if is_name(first) => {
                let begin = place;
                while is_name(at(place)) {
                    place += 1;
                }
                let name: String = letters[begin..place].iter().collect();
                let marks = letters[place..]
                    .iter()
                    .take_while(|letter| **letter == '#')
                    .count();
                if matches!(name.as_str(), "r" | "br") && at(place + marks) == '"' {
                    place = behind_raw_text(&letters, place + marks + 1, marks);
                } else {
                    tokens.push(name);
                }
            }
            (sign, _) => {
                if !sign.is_whitespace() {
                    tokens.push(sign.to_string());
                }
                place += 1;
            }
        }
    }
    tokens
}

fn behind_comment(letters: &[char], begin: usize) -> usize {
    let (mut place, mut depth) = (begin + 2, 1);
    while depth > 0 && place < letters.len() {
        let step = match letters.get(place..place + 2) {
            Some(['/', '*']) => {
                depth += 1;
                2
            }
            Some(['*', '/']) => {
                depth -= 1;
                2
            }
            _ => 1,
        };
        place += step;
    }
    place
}

fn behind_quote(letters: &[char], begin: usize, quote: char) -> usize {
    let mut place = begin + 1;
    while place < letters.len() && letters[place] != quote {
        place += if letters[place] == '\\' { 2 } else { 1 };
    }
    place + 1
}

fn behind_raw_text(letters: &[char], begin: usize, marks: usize) -> usize {
    let mut end = vec!['"'];
    end.resize(marks + 1, '#');
    let ends_at = |place: &usize| letters[*place..].starts_with(&end);
    (begin..letters.len())
        .find(ends_at)
        .map_or(letters.len(), |place| place + end.len())
}

/// For every file the others that it imports from. What is above all, `lib`, only lists the others.
fn imports(sources: &Sources) -> BTreeMap<String, BTreeSet<String>> {
    let mut imports = BTreeMap::new();
    for (name, source) in sources.iter().filter(|(name, _)| *name != "lib") {
        let mut found = BTreeSet::new();
        for path in paths(name, source, sources) {
            found.extend(files_of(&path, sources));
        }
        found.remove(name);
        imports.insert(name.clone(), found);
    }
    imports
}

/// Every path within the crate that a file has, from the root on. What it hands on is left out, where it
/// does not use it itself.
fn paths(name: &str, source: &Source, sources: &Sources) -> Vec<Vec<String>> {
    let own = modules_of(name);
    let mut found = Vec::new();
    // The modules within the file, with the depth of the braces that they are in.
    let (mut inner, mut depth): (Vec<(String, usize)>, usize) = (Vec::new(), 0);
    let tokens = &source.tokens;
    let at = |place: usize| tokens.get(place).map_or("", String::as_str);
    let mut place = 0;
    while place < tokens.len() {
        match at(place) {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                inner.retain(|(_, begun)| *begun <= depth);
            }
            "mod" if at(place + 2) == "{" => {
                depth += 1;
                inner.push((at(place + 1).to_owned(), depth));
                place += 2;
            }
            // Whom something is shown to.
            "pub" if at(place + 1) == "(" => {
                while at(place) != ")" {
                    place += 1;
                }
                if at(place + 1) == "use" {
                    place = handed_on(source, place + 1, &own, &inner, sources, &mut found);
                }
            }
            "pub" if at(place + 1) == "use" => {
                place = handed_on(source, place + 1, &own, &inner, sources, &mut found);
            }
            first if at(place + 1) == "::" && (place == 0 || at(place - 1) != "::") => {
                let child = own
                    .iter()
                    .cloned()
                    .chain([first.to_owned()])
                    .collect::<Vec<_>>();
                let is_child = inner.is_empty() && file_of(&child, sources).is_some();
                if matches!(first, "crate" | "super" | "self") || is_child {
                    let mut tree = Vec::new();
                    place = spelled_out(tokens, place, &mut Vec::new(), &mut tree);
                    found.extend(tree.iter().map(|path| from_root(path, &own, &inner)));
                    continue;
                }
            }
            _ => {}
        }
        place += 1;
    }
    found
}

/// Takes in `pub use`. What its names are used for in the same file is an import; to hand them on is none.
fn handed_on(
    source: &Source,
    begin: usize,
    own: &[String],
    inner: &[(String, usize)],
    sources: &Sources,
    found: &mut Vec<Vec<String>>,
) -> usize {
    let mut tree = Vec::new();
    let end = spelled_out(&source.tokens, begin + 1, &mut Vec::new(), &mut tree);
    for path in tree {
        let mut seen = from_root(&path, own, inner);
        let last = seen.pop().unwrap_or_default();
        let child = file_of(&seen, sources);
        let is_handed_on = |token: &String| match &child {
            Some(child) if last == "*" => declares(token, &sources[child]),
            _ => *token == last,
        };
        let elsewhere = source.tokens[..begin].iter().chain(&source.tokens[end..]);
        if let Some(used) = elsewhere.into_iter().find(|token| is_handed_on(token)) {
            seen.push(used.clone());
            found.push(seen);
        }
    }
    end
}

/// The paths that begin at a place: one, or those of a tree such as `a::{b, c::d}`. Tells where they end.
fn spelled_out(
    tokens: &[String],
    begin: usize,
    before: &mut Vec<String>,
    found: &mut Vec<Vec<String>>,
) -> usize {
    let at = |place: usize| tokens.get(place).map_or("", String::as_str);
    let (mut place, length) = (begin, before.len());
    loop {
        if at(place) == "{" {
            place += 1;
            while !matches!(at(place), "}" | "") {
                place = match at(place) {
                    "," => place + 1,
                    _ => spelled_out(tokens, place, before, found),
                };
            }
            place += 1;
            break;
        }
        // `self` in a tree is what it stands behind.
        if at(place) != "self" || before.is_empty() {
            before.push(at(place).to_owned());
        }
        place += 1;
        if at(place) != "::" || at(place + 1) == "<" {
            found.push(before.clone());
            break;
        }
        place += 1;
    }
    before.truncate(length);
    if at(place) == "as" {
        place += 2;
    }
    place
}

/// A path as seen from the root.
fn from_root(path: &[String], own: &[String], inner: &[(String, usize)]) -> Vec<String> {
    let mut here = own.to_vec();
    here.extend(inner.iter().map(|(name, _)| name.clone()));
    let mut rest = path;
    match rest.first().map(String::as_str) {
        Some("crate") => {
            here.clear();
            rest = &rest[1..];
        }
        Some("self") => rest = &rest[1..],
        _ => {}
    }
    while rest.first().map(String::as_str) == Some("super") {
        here.pop();
        rest = &rest[1..];
    }
    here.extend_from_slice(rest);
    here
}

/// The module that a file is, as a path from the root.
fn modules_of(file: &str) -> Vec<String> {
    let mut modules: Vec<String> = file.split('/').map(str::to_owned).collect();
    if modules
        .last()
        .is_some_and(|last| last == "mod" || last == "lib")
    {
        modules.pop();
    }
    modules
}

/// The file that a module is.
fn file_of(modules: &[String], sources: &Sources) -> Option<String> {
    let plain = modules.join("/");
    let folder = format!("{plain}/mod");
    let root = modules.is_empty().then(|| "lib".to_owned());
    let names = [root.unwrap_or_default(), plain, folder];
    names.into_iter().find(|name| sources.contains_key(name))
}

/// The files that declare what a path names.
fn files_of(path: &[String], sources: &Sources) -> Vec<String> {
    let is_file = |length: &usize| file_of(&path[..*length], sources).is_some();
    let length = (1..=path.len()).rev().find(is_file).unwrap_or(0);
    let file = file_of(&path[..length], sources).unwrap();
    let Some(name) = path.get(length) else {
        return vec![file];
    };
    declaring(name, &file, sources)
}

/// The file that declares a name which is found in another: that itself, or one whose names it hands on.
fn declaring(name: &str, file: &str, sources: &Sources) -> Vec<String> {
    let modules = modules_of(file);
    let mut given = Vec::new();
    let mut handed = Vec::new();
    let tokens = &sources[file].tokens;
    for place in 0..tokens.len() {
        if tokens[place] == "use" {
            let mut tree = Vec::new();
            let _ = spelled_out(tokens, place + 1, &mut Vec::new(), &mut tree);
            handed.extend(tree.into_iter().map(|path| {
                let renamed = renamed(tokens, place, &path);
                (renamed, path)
            }));
        }
    }
    for (shown_as, path) in handed {
        let (Some((last, within)), true) = (path.split_last(), path.len() > 1) else {
            continue;
        };
        let mut child = modules.clone();
        child.extend_from_slice(within);
        let Some(child) = file_of(&child, sources).filter(|child| child != file) else {
            continue;
        };
        if last == "*" && declares(name, &sources[&child]) || shown_as == name {
            given.push(child);
        }
    }
    if given.is_empty() {
        // A leaf declares whatever is asked of it, or it would not compile.
        given.push(file.to_owned());
    }
    assert_eq!(
        given.len(),
        1,
        "{name} of {file} may be that of any of {given:?}"
    );
    given
}

/// The name that the last of a path has from then on.
fn renamed(tokens: &[String], begin: usize, path: &[String]) -> String {
    let last = path.last().cloned().unwrap_or_default();
    let end = tokens[begin..].iter().position(|token| token == ";");
    let of_use = &tokens[begin..begin + end.unwrap_or(0)];
    let place = of_use
        .windows(2)
        .position(|pair| pair[0] == last && pair[1] == "as");
    place.map_or(last, |place| of_use[place + 2].clone())
}

/// Whether a file declares that name for others, in the open or with a macro.
fn declares(name: &str, source: &Source) -> bool {
    const KEYWORDS: [&str; 7] = ["struct", "enum", "trait", "type", "const", "static", "fn"];
    let tokens = &source.tokens;
    let mut depth = 0_usize;
    for (place, token) in tokens.iter().enumerate() {
        let before = |by: usize| {
            place
                .checked_sub(by)
                .map_or("", |place| tokens[place].as_str())
        };
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            token if token == name => {
                let in_the_open =
                    depth == 0 && KEYWORDS.contains(&before(1)) && matches!(before(2), "pub" | ")");
                // `open_enum! { Name`
                let by_macro = depth == 1 && before(1) == "{" && before(2) == "!";
                if in_the_open || by_macro {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

/// Every circle, each once, from its first file to itself.
fn circles(imports: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut circles = Vec::new();
    for begin in imports.keys() {
        let mut ways = vec![vec![begin.clone()]];
        let mut reached = BTreeSet::new();
        while let Some(way) = ways.pop() {
            let last = way.last().unwrap();
            for next in imports.get(last).into_iter().flatten() {
                // A circle is told from its first file on.
                if next == begin {
                    circles.push(format!("{} -> {begin}", way.join(" -> ")));
                } else if next > begin && reached.insert(next.clone()) {
                    let mut longer = way.clone();
                    longer.push(next.clone());
                    ways.push(longer);
                }
            }
        }
    }
    circles
}
