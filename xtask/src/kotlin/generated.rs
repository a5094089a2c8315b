//! The code with which Kotlin calls a native library: what uniffi writes, made internal and quick.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::native::bindings;

/// What loads the library, in Kotlin.
const OWN_JAR: &str = include_str!("OwnJar.kt");

/// Writes what calls a library, and lets nobody outside of its module see it. It calls the library of its
/// own jar. Sources that are as they were stay as they are, so that nothing is compiled anew for them.
pub fn generate(library: &Path, config: &Path, target: &Path) -> Result<()> {
    let fresh = target.join("generated");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    bindings(library, "kotlin", config, &fresh)?;
    let sources = target.join("kotlin");
    fs::create_dir_all(&sources)?;
    for file in files(&fresh)? {
        let name = file.file_name().context("a file has a name")?;
        let code = internal(&fs::read_to_string(&file)?);
        let crate_name = file.file_stem().context("a file has a name")?;
        let mut text = of_own_jar(&code, &crate_name.to_string_lossy())?;
        if name == "stablevps_ffi.kt" {
            text = quick(text)?;
        }
        let kept = sources.join(name);
        if fs::read_to_string(&kept).ok().as_ref() != Some(&text) {
            fs::write(&kept, text)?;
        }
    }
    fs::remove_dir_all(fresh)?;
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)?.flatten() {
        if entry.file_type()?.is_dir() {
            all.extend(files(&entry.path())?);
        } else {
            all.push(entry.path());
        }
    }
    Ok(all)
}

/// Generated code in which every declaration of a file is the module's own: the generator makes them
/// public, and has no setting for it.
fn internal(code: &str) -> String {
    const DECLARED: [&str; 11] = [
        "class ",
        "open class ",
        "data class ",
        "sealed class ",
        "enum class ",
        "interface ",
        "object ",
        "inline fun ",
        "fun ",
        "typealias ",
        "const val ",
    ];
    let mut text = String::with_capacity(code.len());
    for line in code.lines() {
        // A function's documentation ends in the line in which it is declared.
        let (before, rest) = line
            .strip_prefix("         */ fun ")
            .map_or(("", line), |_| line.split_at("         */ ".len()));
        let declared = rest.strip_prefix("public ").unwrap_or(rest);
        let is_declared = DECLARED.iter().any(|word| declared.starts_with(word));
        if is_declared {
            text.extend([before, "internal ", declared]);
        } else {
            text.push_str(line);
        }
        text.push('\n');
    }
    text
}

/// Generated code that loads the library out of its own jar. By its name alone JNA takes any library of that
/// name on the machine's paths instead, such as that of another version, and misreads what it says.
fn of_own_jar(code: &str, name: &str) -> Result<String> {
    const BEGIN: &str = "@Synchronized\nprivate fun findLibraryName(";
    const END: &str = "\n}\n";
    const STATUS: &str = "    var status = UniffiRustCallStatus()\n";
    let found = code.split_once(BEGIN).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(END)?;
        Some((before, after))
    });
    let (before, after) = found.context("the generated code has changed: no findLibraryName")?;
    let call = format!("findLibraryName(componentName = \"{name}\")");
    ensure!(
        after.contains(&call),
        "the generated code has changed: no {call}"
    );
    // Any structure of JNA's makes it load its own library, whose failure would say less.
    let before = before.replace(STATUS, &format!("    requireNotNull(ownLibrary)\n{STATUS}"));
    let after = after.replace(&call, "ownLibrary");
    Ok(format!(
        "{before}internal val ownLibrary: com.sun.jna.NativeLibrary by lazy {{\n    \
         if (com.sun.jna.Platform.isAndroid()) {{\n        \
         com.sun.jna.NativeLibrary.getInstance(\"{name}\")\n    }} else {{\n        \
         OwnJar.load(\"{name}\")\n    }}\n}}\n{OWN_JAR}{after}"
    ))
}

/// Generated code that keeps one status a thread, takes the memory of its other structures from where it
/// is used again, and reads results from an array: `Scratch.kt` says why.
fn quick(mut code: String) -> Result<String> {
    const CHANGES: [(&str, &str); 10] = [
        (
            "uniffi_out_err: UniffiRustCallStatus",
            "uniffi_out_err: Pointer",
        ),
        (
            "callback: (UniffiRustCallStatus) -> U",
            "callback: (Pointer) -> U",
        ),
        (
            "    var status = UniffiRustCallStatus()\n    val return_value = callback(status)\n    \
             uniffiCheckCallStatus(errorHandler, status)\n",
            "    val status = statuses.get()\n    status.setByte(0, UNIFFI_CALL_SUCCESS)\n    \
             val return_value = callback(status)\n    if (status.getByte(0) != UNIFFI_CALL_SUCCESS) {\n        \
             val read = Structure.newInstance(UniffiRustCallStatus::class.java, status)\n        \
             read.read()\n        uniffiCheckCallStatus(errorHandler, read)\n    }\n",
        ),
        (
            "open class RustBuffer : Structure()",
            "open class RustBuffer : QuickStructure()",
        ),
        (
            "open class ForeignBytes : Structure()",
            "open class ForeignBytes : QuickStructure()",
        ),
        (
            "    class ByValue: RustBuffer(), Structure.ByValue\n",
            "    override fun read() {\n        capacity = pointer.getLong(0)\n        len = pointer.getLong(8)\n        \
             data = pointer.getPointer(16)\n    }\n    override fun write() {\n        \
             pointer.setLong(0, capacity)\n        pointer.setLong(8, len)\n        \
             pointer.setPointer(16, data)\n    }\n    class ByValue: RustBuffer(), Structure.ByValue\n",
        ),
        (
            "    class ByValue : ForeignBytes(), Structure.ByValue\n",
            "    override fun write() {\n        pointer.setInt(0, len)\n        \
             pointer.setPointer(Native.POINTER_SIZE.toLong(), data)\n    }\n    \
             class ByValue : ForeignBytes(), Structure.ByValue\n",
        ),
        (
            "rbuf.writeField(\"len\", bbuf.position().toLong())",
            "rbuf.len = bbuf.position().toLong()",
        ),
        (
            "        val byteBuf = rbuf.asByteBuffer()!!\n        try {\n           val item = read(byteBuf)\n",
            "        val byteBuf = ByteBuffer.wrap(rbuf.data!!.getByteArray(0, rbuf.len.toInt()))\n        \
             try {\n           val item = read(byteBuf)\n",
        ),
        (
            "        val byteArr = ByteArray(len)\n        buf.get(byteArr)\n        \
             return byteArr.toString(Charsets.UTF_8)\n",
            "        return text(buf, len)\n",
        ),
    ];
    for (from, to) in CHANGES {
        ensure!(
            code.contains(from),
            "the generated code has changed: no {from}"
        );
        code = code.replace(from, to);
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::{internal, of_own_jar};

    #[test]
    fn what_is_declared_in_a_file_becomes_internal() {
        let code = "public interface A {\n    fun a()\n}\nopen class B\n        /** b\n         */ fun `b`() {\n}\nprivate class C\n";
        let wanted = "internal interface A {\n    fun a()\n}\ninternal open class B\n        /** b\n         */ internal fun `b`() {\n}\nprivate class C\n";
        assert_eq!(internal(code), wanted);
    }

    #[test]
    fn what_loads_a_library_by_its_name_loads_that_of_the_jar() {
        let code = "a\n@Synchronized\nprivate fun findLibraryName(componentName: String): String {\n    \
                    return \"x\"\n}\nregister(findLibraryName(componentName = \"x\"))\n";
        let made = of_own_jar(code, "x").unwrap_or_default();
        assert!(made.contains("OwnJar.load(\"x\")"), "{made}");
        assert!(made.ends_with("\n}\nregister(ownLibrary)\n"), "{made}");
        assert!(!made.contains("findLibraryName"), "{made}");
        assert!(of_own_jar("a\n", "x").is_err());
    }
}
