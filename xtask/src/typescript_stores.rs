//! Writes the SQL of the JavaScript package's stores from the core's.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use stablevps_core::host::StoreSql;

const HEAD: &str = "\
/**
 * The SQL of the stores. Written by `cargo xtask generate` from the core's. It is public, for stores of your own: every
 * statement takes the text of an operation as its one parameter.
 */
";

/// The text of `stores/sql.ts`.
pub fn module() -> String {
    let sql = StoreSql::get();
    let mut text = HEAD.to_owned();
    let version = sql.version.to_string();
    constant(
        &mut text,
        "The version of the tables. A database of a newer one is not to be touched.",
        "VERSION",
        &version,
    );
    for (doc, name, value) in [
        (
            "Gives the version of a database's tables.",
            "READ_VERSION",
            &sql.read_version,
        ),
        (
            "Makes the tables in SQLite, where there are none.",
            "SQLITE_SCHEMA",
            &sql.sqlite_schema,
        ),
        (
            "Makes the tables in PostgreSQL, where there are none.",
            "POSTGRES_SCHEMA",
            &sql.postgres_schema,
        ),
        (
            "Any operation for PostgreSQL: it gives a row of one column, which is the answer.",
            "POSTGRES_STATEMENT",
            &sql.postgres_statement,
        ),
    ] {
        constant(&mut text, doc, name, &literal(value));
    }
    let operations: BTreeMap<_, _> = sql.sqlite_operations.iter().collect();
    text.push_str(
        "\n/**\n * The statements of each operation for SQLite, to run in one transaction that begins with \
         `BEGIN IMMEDIATE`. One of\n * them gives a row of one column, which is the answer.\n */\n\
         export const SQLITE_OPERATIONS = {\n",
    );
    for (name, statements) in operations {
        let _ = writeln!(text, "  {name}: [");
        for statement in statements {
            let _ = writeln!(text, "    {},", literal(statement));
        }
        text.push_str("  ],\n");
    }
    text.push_str("} as const;\n");
    text
}

fn constant(text: &mut String, doc: &str, name: &str, value: &str) {
    let _ = write!(text, "\n/** {doc} */\nexport const {name} = {value};\n");
}

/// A text over as many lines as it has.
fn literal(text: &str) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('`', "\\`")
        .replace("${", "\\${");
    format!("`{escaped}`")
}
