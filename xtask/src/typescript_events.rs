//! Writes the JavaScript package's events of a watch from the core's list: a type for each, and what makes them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::models::{EventKind, Kind, Models};
use crate::typescript_models::{annotation, doc};
use crate::typescript_readers::fields;

const HEAD: &str = "\
/**
 * What a watch tells, a type for each event. Written by `cargo xtask generate` from the core's list.
 * {@link WatchEvent} is any of them: `switch (event.event)` narrows it.
 */

";

const TOLD: &str = "
/** What every event has. */
interface Told {
  /** When, by the service's clock as far as its replies showed it. */
  readonly at: Date;
}
";

const READER: &str = "
const READERS: { readonly [event: string]: (sent: Sent) => object } = {
";

const READ: &str = "};

/** @internal Reads a {@link WatchEvent}. */
export function readWatchEvent(sent: Sent): WatchEvent {
  const { event, at } = sent;
  return Object.freeze({ event, at: date(at), ...READERS[event]?.(sent) }) as WatchEvent;
}
";

/// The text of `events.ts`.
pub fn module(models: &Models) -> String {
    let mut text = HEAD.to_owned();
    text.push_str(&imports(models));
    text.push_str(TOLD);
    text.extend(models.events.iter().map(interface));
    text.push_str(&union(models));
    text.push_str(READER);
    for kind in &models.events {
        let read = fields("    ", &kind.fields);
        let _ = writeln!(text, "  {}: (sent) => ({{\n{read}  }}),", kind.name);
    }
    text + READ
}

fn imports(models: &Models) -> String {
    let all = models.events.iter().flat_map(|kind| &kind.fields);
    let (mut types, mut readers) = (BTreeSet::new(), BTreeSet::from(["date".to_owned()]));
    let (mut has_money, mut has_errors) = (false, false);
    for field in all {
        match &field.kind {
            Kind::Money => has_money = true,
            Kind::Error => has_errors = true,
            Kind::Open(name) | Kind::Closed(name) => {
                types.insert(name.clone());
            }
            Kind::Structure(name) | Kind::List(name) => {
                types.insert(name.clone());
                readers.insert(format!("read{name}"));
            }
            Kind::VpsId
            | Kind::VpsIds
            | Kind::ServerId
            | Kind::Text
            | Kind::Integer
            | Kind::Boolean
            | Kind::Time
            | Kind::Secret => {}
        }
        if matches!(field.kind, Kind::List(_)) {
            readers.insert("list".to_owned());
        }
    }
    let joined = |names: BTreeSet<String>| names.into_iter().collect::<Vec<_>>().join(", ");
    let mut text = String::new();
    if has_errors {
        text.push_str("import type { StableVPSError } from \"./error.js\";\n");
    }
    let _ = writeln!(
        text,
        "import type {{ {} }} from \"./models.js\";",
        joined(types)
    );
    if has_money {
        text.push_str("import type { Money } from \"./money.js\";\n");
    }
    let _ = writeln!(
        text,
        "import {{ {}, type Sent }} from \"./readers.js\";",
        joined(readers)
    );
    if has_errors {
        text.push_str("import { errorOf, type Report } from \"./reports.js\";\n");
    }
    text
}

fn interface(kind: &EventKind) -> String {
    let mut fields = format!("  readonly event: \"{}\";\n", kind.name);
    for field in &kind.fields {
        fields.push_str(&doc("  ", &field.doc));
        let _ = writeln!(fields, "  readonly {}: {};", field.name, annotation(field));
    }
    format!(
        "\n{}export interface {}Event extends Told {{\n{fields}}}\n",
        doc("", &kind.doc),
        kind.type_name()
    )
}

fn union(models: &Models) -> String {
    let names = models.events.iter().map(EventKind::type_name);
    let mut text =
        "\n/** An event of a watch: `switch (event.event)` narrows it. */\nexport type WatchEvent =\n"
            .to_owned();
    for name in names {
        let _ = writeln!(text, "  | {name}Event");
    }
    text.truncate(text.trim_end().len());
    text + ";\n"
}
