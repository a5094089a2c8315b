//! The native libraries of the Android archive, without the NDK: linked by the Rust toolchain's own linker with what
//! Android's libraries offer, and with an unwinder that Zig brings the source of.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use super::emulators;
use super::folder;
use super::inspect::{check_alignment, facts};
use super::platform::Platform;
use super::toolchain;
use super::zig::{Zig, compile, cross, stripped};
use crate::shell::{finish, headline, output, root};

const LIBRARY: &str = "libstablevps_ffi.so";
/// The libraries that every device has.
const SYSTEM: [&str; 4] = ["libc.so", "libdl.so", "libm.so", "liblog.so"];

/// A processor.
struct Processor {
    /// Android's name of it.
    name: &'static str,
    target: &'static str,
    zig: &'static str,
    /// The names that the headers of musl and of Linux have for it.
    musl: &'static str,
    linux: &'static str,
    /// Where its code runs here, with musl's loader.
    runs_as: Option<Platform>,
}

const PROCESSORS: [Processor; 4] = [
    Processor {
        name: "arm64-v8a",
        target: "aarch64-linux-android",
        zig: "aarch64-linux-android",
        musl: "aarch64",
        linux: "aarch64",
        runs_as: Some(Platform::MuslAarch64),
    },
    Processor {
        name: "armeabi-v7a",
        target: "armv7-linux-androideabi",
        zig: "arm-linux-androideabi",
        musl: "arm",
        linux: "arm",
        runs_as: None,
    },
    Processor {
        name: "x86_64",
        target: "x86_64-linux-android",
        zig: "x86_64-linux-android",
        musl: "x86_64",
        linux: "x86",
        runs_as: Some(Platform::MuslX86_64),
    },
    Processor {
        name: "x86",
        target: "i686-linux-android",
        zig: "x86-linux-android",
        musl: "x86",
        linux: "x86",
        runs_as: None,
    },
];

/// Android's names of its processors.
pub fn names() -> impl Iterator<Item = &'static str> {
    PROCESSORS.iter().map(|processor| processor.name)
}

/// Where a processor's library lies.
pub fn library(processor: &str) -> PathBuf {
    let folder = folder().join("libraries/android").join(processor);
    folder.join(LIBRARY)
}

/// Builds the library of every processor, or of one, and calls those whose code runs here.
pub fn run(only: Option<&str>) -> Result<()> {
    let mut lines = Vec::new();
    for processor in &PROCESSORS {
        if only.is_none_or(|only| only == processor.name) {
            let library = built(processor)?;
            let size = fs::metadata(&library)?.len();
            let reached = tried(processor, &library)?;
            lines.push(format!("| {} | {size} | {reached} |", processor.name));
        }
    }
    ensure!(!lines.is_empty(), "Android has no such processor");
    headline("what was built for Android, and what ran");
    println!(
        "| processor | bytes | reached |\n|---|---|---|\n{}",
        lines.join("\n")
    );
    Ok(())
}

fn built(processor: &Processor) -> Result<PathBuf> {
    let target = processor.target;
    let (mut build, products) = toolchain::cargo(target)?;
    let system = system(processor)?;
    headline(&format!("stablevps-ffi for Android on {}", processor.name));
    let name = target.replace('-', "_").to_uppercase();
    build
        .args(["rustc", "--quiet", "--locked", "--lib", "--profile", "app"])
        .args(["--package", "stablevps-ffi", "--features", "records"])
        .args(["--crate-type", "cdylib", "--target", target, "--"])
        .args(["-Clinker-flavor=ld.lld", "-Clink-arg=-zmax-page-size=16384"])
        .arg(format!("-Clink-arg=-soname={LIBRARY}"))
        .arg(format!("-L{}", system.display()))
        .env(format!("CARGO_TARGET_{name}_LINKER"), "rust-lld");
    finish(&mut build)?;
    let made = products.join(target).join("app").join(LIBRARY);
    check(&made).with_context(|| made.display().to_string())?;
    let kept = library(processor.name);
    fs::create_dir_all(kept.parent().context("a library has a folder")?)?;
    fs::copy(made, &kept)?;
    stripped(&kept)?;
    Ok(kept)
}

fn check(library: &Path) -> Result<()> {
    let read = facts(library)?;
    check_alignment(&read)?;
    for needed in &read.needs {
        ensure!(SYSTEM.contains(&needed.as_str()), "it wants {needed}");
    }
    ensure!(
        read.needs.iter().any(|needed| needed == "libc.so"),
        "it does not name libc.so, whose functions it calls"
    );
    let wanted = "ffi_stablevps_ffi_uniffi_contract_version";
    ensure!(
        read.exports.iter().any(|export| export == wanted),
        "it does not offer {wanted}"
    );
    Ok(())
}

/// What the library is linked with: the names that Android's libraries offer, and an unwinder.
fn system(processor: &Processor) -> Result<PathBuf> {
    let folder = cross()?.join("android").join(processor.name);
    let zig = Zig::ready()?;
    fs::create_dir_all(&folder)?;
    let listed = fs::read_to_string(root().join("xtask/platforms/bionic.txt"))?;
    for library in ["c", "dl", "m", "log"] {
        let source = folder.join(format!("{library}.s"));
        fs::write(&source, offered(&listed, library))?;
        let mut link = zig.command("cc", processor.zig);
        link.args(["-shared", "-nostdlib"]).arg(source);
        link.arg(format!("-Wl,-soname,lib{library}.so")).arg("-o");
        finish(link.arg(folder.join(format!("lib{library}.so"))))?;
    }
    if !folder.join("libunwind.a").exists() {
        unwinder(processor, &zig, &folder)?;
    }
    Ok(folder)
}

/// An assembler's source that declares what a library offers, by the list.
fn offered(listed: &str, library: &str) -> String {
    let lines = listed.lines().map(str::split_whitespace);
    let names = lines.filter_map(|mut words| (words.next() == Some(library)).then_some(words));
    let mut text = ".text\n".to_owned();
    for name in names.flatten() {
        let _ = writeln!(text, ".globl {name}\n.type {name}, %function\n{name}:");
    }
    text + ".long 0\n"
}

/// The unwinder, which the NDK brings too, compiled from Zig's copy of LLVM's source. It keeps no list of its own of
/// what it unwinds, and so needs no lock.
fn unwinder(processor: &Processor, zig: &Zig, folder: &Path) -> Result<()> {
    const FLAGS: [&str; 12] = [
        "-nostdlibinc",
        "-Os",
        "-fPIC",
        "-fvisibility=hidden",
        "-funwind-tables",
        "-fno-sanitize=all",
        "-fno-stack-protector",
        "-DNDEBUG",
        "-D_GNU_SOURCE",
        "-D_LIBUNWIND_HIDE_SYMBOLS",
        "-D_LIBUNWIND_IS_NATIVE_ONLY",
        "-D_LIBUNWIND_HAS_NO_THREADS",
    ];
    const SOURCES: [&str; 6] = [
        "libunwind.cpp",
        "Unwind-EHABI.cpp",
        "UnwindLevel1.c",
        "UnwindLevel1-gcc-ext.c",
        "UnwindRegistersRestore.S",
        "UnwindRegistersSave.S",
    ];
    let library = zig.library()?;
    let headers = [
        "libunwind/include".to_owned(),
        "include".to_owned(),
        format!("libc/include/{}-linux-musl", processor.musl),
        "libc/include/generic-musl".to_owned(),
        format!("libc/include/{}-linux-any", processor.linux),
        "libc/include/any-linux-any".to_owned(),
    ];
    let mut objects = Vec::new();
    for source in SOURCES {
        let object = folder.join(source).with_extension("o");
        let is_cpp = Path::new(source)
            .extension()
            .is_some_and(|end| end == "cpp");
        let mut build = zig.command(if is_cpp { "c++" } else { "cc" }, processor.zig);
        build.args(FLAGS);
        for header in &headers {
            // Clang's own header of the unwinder comes after the first.
            build.arg("-I").arg(library.join(header));
        }
        if is_cpp {
            build.args(["-nostdinc++", "-fno-exceptions", "-fno-rtti"]);
        }
        build
            .arg("-c")
            .arg(library.join("libunwind/src").join(source));
        finish(build.arg("-o").arg(&object))?;
        objects.push(object);
    }
    let archive = folder.join("libunwind.a");
    finish(zig.archiver().arg("rcs").arg(archive).args(objects))
}

/// Lets a program for musl load the library and call it. Its calls of Android's libc are those of any other, but one.
fn tried(processor: &Processor, library: &Path) -> Result<&'static str> {
    let Some(platform) = processor.runs_as.filter(|_| emulators::are_possible()) else {
        return Ok("built");
    };
    let Some(emulator) = emulators::emulator(platform)? else {
        bail!("musl's loader runs it");
    };
    let folder = cross()?.join("android").join(processor.name);
    let (shim, program) = (folder.join("shim.so"), folder.join("load"));
    let sources = root().join("xtask/platforms");
    compile(platform, &sources.join("android.c"), &shim, &["-shared"])?;
    compile(platform, &sources.join("load.c"), &program, &["-dynamic"])?;
    let mut load = Command::new(emulator);
    match platform {
        Platform::MuslAarch64 => load.arg("-E").arg(format!("LD_PRELOAD={}", shim.display())),
        _ => load.arg("--preload").arg(shim),
    };
    load.arg(program).arg(library);
    let printed = output(&mut load)?;
    print!("{printed}");
    ensure!(printed.starts_with("contract "), "it printed {printed}");
    Ok("ran: loaded and called with musl")
}
