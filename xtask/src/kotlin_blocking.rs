//! Writes the blocking half of the Kotlin package from the suspending one: for each method of a resource one
//! that blocks, and one that gives a future.

use anyhow::{Context as _, Result};

use crate::shell::root;

/// Where the resources are, and in which files.
const SOURCES: &str = "bindings/kotlin/stablevps/src/main/kotlin/com/stablevps";
const FILES: [&str; 3] = ["Resources.kt", "VpsResource.kt", "PurchasesResource.kt"];

const HEAD: &str = "\
// The resources for callers that block. Written by `cargo xtask generate` from the resources that suspend.

package com.stablevps

import java.util.concurrent.CompletableFuture
import java.util.function.Consumer
";

const TAIL: &str = "
private fun <T : Any> Consumer<T>?.suspending(): (suspend (T) -> Unit)? =
    this?.let { { progress -> Callers.blocking { it.accept(progress) } } }
";

/// How a callback begins and ends in the half that suspends, and how it does in this one.
const CALLBACK: [(&str, &str); 2] = [("(suspend (", "Consumer<"), (") -> Unit)?", ">?")];

/// The widest line that the style allows.
const WIDTH: usize = 110;

/// The file's text.
pub fn module() -> Result<String> {
    let mut text = HEAD.to_owned();
    for file in FILES {
        let path = root().join(SOURCES).join(file);
        let source = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        text.push_str(&classes(&source)?);
    }
    Ok(text + TAIL)
}

/// The classes that block, from the source of those that suspend.
fn classes(source: &str) -> Result<String> {
    Ok(resources(source)?.iter().map(class).collect())
}

/// A class whose methods are calls.
struct Resource {
    name: String,
    doc: String,
    methods: Vec<Method>,
}

struct Method {
    name: String,
    parameters: Vec<Parameter>,
    result: String,
    forms: &'static [Form],
}

impl Method {
    /// Whether it gives several things one by one. Nobody who blocks has a flow to pass.
    fn is_stream(&self) -> bool {
        let takes_flow = |one: &Parameter| one.declared.starts_with("Flow<");
        stream(&self.result).is_some() && !self.parameters.iter().any(takes_flow)
    }
}

/// How the method that suspends begins, and the counterpart of what it gives.
fn stream(result: &str) -> Option<(&'static str, &'static str)> {
    let found = STREAMS.iter().find(|(gives, ..)| *gives == result);
    found.map(|(_, begin, blocking)| (*begin, *blocking))
}

/// What begins a method that suspends, and one that gives a flow of events.
const SUSPENDING: &str = "    public suspend fun ";
const STREAMING: &str = "    public fun ";

/// What gives several things one by one, how it begins in a way that suspends, and its counterpart for callers that block.
const STREAMS: [(&str, &str, &str); 2] = [
    ("Flow<WatchEvent>", "begin", "BlockingWatch"),
    ("PurchaseBatch", "", "BlockingBatch"),
];

struct Parameter {
    name: String,
    /// Its type, and its default if it has one.
    declared: String,
}

fn resources(source: &str) -> Result<Vec<Resource>> {
    let mut found: Vec<Resource> = Vec::new();
    let mut doc = "";
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("/**") {
            doc = line;
        } else if let Some(rest) = line.strip_prefix("public class ") {
            found.push(Resource {
                name: rest.split(' ').next().unwrap_or_default().to_owned(),
                doc: doc.to_owned(),
                methods: Vec::new(),
            });
        } else if let Some(rest) = line
            .strip_prefix(SUSPENDING)
            .or_else(|| line.strip_prefix(STREAMING))
        {
            let mut signature = rest.to_owned();
            while !signature.contains("): ") {
                let Some(line) = lines.next() else { break };
                signature.extend(["\n", line.trim()]);
            }
            let method = method(&signature).with_context(|| format!("can't read {signature}"))?;
            let resource = found.last_mut().context("a method without a class")?;
            if line.starts_with(SUSPENDING) {
                resource.methods.push(method);
            } else if method.is_stream() {
                resource.methods.push(Method {
                    forms: &[Form::Stream],
                    ..method
                });
            }
        }
    }
    Ok(found)
}

/// A method from its signature, in which several parameters stand on a line each.
fn method(signature: &str) -> Option<Method> {
    let (name, rest) = signature.split_once('(')?;
    let (parameters, result) = rest.rsplit_once("): ")?;
    let parameters = parameters.lines().filter(|one| !one.is_empty());
    Some(Method {
        name: name.to_owned(),
        parameters: parameters.map(parameter).collect::<Option<_>>()?,
        result: result.split(" =").next()?.trim_end_matches(" {").to_owned(),
        forms: &[Form::Blocking, Form::Future],
    })
}

fn parameter(line: &str) -> Option<Parameter> {
    let (name, declared) = line.trim_end_matches(',').split_once(": ")?;
    Some(Parameter {
        name: name.to_owned(),
        declared: CALLBACK
            .iter()
            .fold(declared.to_owned(), |text, (from, to)| {
                text.replace(from, to)
            }),
    })
}

/// In which form a method is written.
#[derive(Clone, Copy)]
enum Form {
    /// It blocks the thread.
    Blocking,
    /// It gives a future.
    Future,
    /// It gives events one by one.
    Stream,
}

fn class(resource: &Resource) -> String {
    let name = &resource.name;
    let short = name.strip_suffix("Resource").unwrap_or(name);
    let property = short.to_lowercase();
    let blocking = ", blocking: [StableVpsBlocking.";
    let doc = resource.doc.replace(": [StableVps.", blocking);
    let methods = resource.methods.iter().flat_map(|method| {
        let forms = method.forms.iter();
        forms.map(|form| function(name, &property, method, *form))
    });
    format!(
        "\n{doc}\npublic class Blocking{short} internal constructor(\n    \
         private val {property}: {name},\n    private val caller: Caller,\n) {{\n{}}}\n",
        methods.collect::<Vec<_>>().join("\n")
    )
}

fn function(class: &str, property: &str, method: &Method, form: Form) -> String {
    let Method { name, result, .. } = method;
    let mut text = format!("    /** [{class}.{name}] */\n");
    let mut parameters = method.parameters.iter();
    if parameters.any(|one| one.declared.contains(" = ")) {
        text.push_str("    @JvmOverloads\n");
    }
    let arguments: Vec<_> = method.parameters.iter().map(argument).collect();
    let arguments = arguments.join(", ");
    let (blocking, result, body) = match form {
        Form::Blocking => (
            name.clone(),
            result.clone(),
            format!("caller.wait {{ {property}.{name}({arguments}) }}"),
        ),
        Form::Future => (
            format!("{name}Async"),
            format!("CompletableFuture<{result}>"),
            format!("caller.begin {{ {property}.{name}({arguments}) }}"),
        ),
        Form::Stream => {
            let (begin, blocking) = stream(result).unwrap_or_default();
            let call = if begin.is_empty() {
                format!("{property}.{name}({arguments})")
            } else {
                let (initial, rest) = name.split_at(name.len().min(1));
                let name = initial.to_uppercase() + rest;
                format!("caller.wait {{ {property}.{begin}{name}({arguments}) }}")
            };
            (
                name.clone(),
                blocking.to_owned(),
                format!("{blocking}({call})"),
            )
        }
    };
    if body.contains("caller.wait") {
        text.push_str("    @Throws(InterruptedException::class)\n");
    }
    text.push_str(&signature(&blocking, &result, &method.parameters));
    let last = text.lines().last().unwrap_or_default().len();
    let separator = if last + 1 + body.len() > WIDTH {
        "\n        "
    } else {
        " "
    };
    text + separator + &body + "\n"
}

/// A signature, in which parameters stand on a line each where there are several, or one that is too wide.
fn signature(name: &str, result: &str, parameters: &[Parameter]) -> String {
    let declared = |one: &Parameter| format!("{}: {}", one.name, one.declared);
    let with = |all: &str| format!("    public fun {name}({all}): {result} =");
    let lines = || {
        let lines = parameters
            .iter()
            .map(|one| format!("        {},\n", declared(one)));
        with(&format!("\n{}    ", lines.collect::<String>()))
    };
    match parameters {
        [] => with(""),
        [one] => Some(with(&declared(one)))
            .filter(|line| line.len() <= WIDTH)
            .unwrap_or_else(lines),
        _ => lines(),
    }
}

fn argument(parameter: &Parameter) -> String {
    let conversion = if parameter.declared.starts_with(CALLBACK[0].1) {
        ".suspending()"
    } else {
        ""
    };
    parameter.name.clone() + conversion
}

#[cfg(test)]
mod tests {
    use super::classes;

    #[test]
    fn each_method_that_suspends_has_one_that_blocks_and_one_that_gives_a_future() {
        let source = "\
/** VPS: [StableVps.vps]. */
public class VpsResource internal constructor(
    private val session: Session,
) {
    /** One. */
    public suspend fun resume(
        token: String,
        options: ResumeOptions = ResumeOptions(),
        onProgress: (suspend (Progress) -> Unit)? = null,
    ): Provisioned {
        return session.purchase()
    }

    public fun resumeFlow(token: String): Flow<PurchaseEvent> = events()
}
";
        let made = classes(source).unwrap_or_default();
        let wanted = "
/** VPS, blocking: [StableVpsBlocking.vps]. */
public class BlockingVps internal constructor(
    private val vps: VpsResource,
    private val caller: Caller,
) {
    /** [VpsResource.resume] */
    @JvmOverloads
    @Throws(InterruptedException::class)
    public fun resume(
        token: String,
        options: ResumeOptions = ResumeOptions(),
        onProgress: Consumer<Progress>? = null,
    ): Provisioned = caller.wait { vps.resume(token, options, onProgress.suspending()) }

    /** [VpsResource.resume] */
    @JvmOverloads
    public fun resumeAsync(
        token: String,
        options: ResumeOptions = ResumeOptions(),
        onProgress: Consumer<Progress>? = null,
    ): CompletableFuture<Provisioned> = caller.begin { vps.resume(token, options, onProgress.suspending()) }
}
";
        assert_eq!(made, wanted);
    }
}
