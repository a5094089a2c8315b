//! What a built library asks of a machine and offers to it.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use goblin::Object;
use goblin::elf::Elf;
use goblin::mach::load_command::CommandVariant;
use goblin::mach::{Mach, MachO};

use super::platform::{Platform, System};

/// The oldest glibc that libraries and programs for Linux run with.
const GLIBC: (u32, u32) = (2, 17);
/// Devices with pages of 16 KiB load no library that is aligned to less.
const PAGE: u64 = 16 * 1024;

/// The facts about a library or a program.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The newest glibc of which it wants a symbol.
    pub glibc: Option<(u32, u32)>,
    /// The libraries that it wants.
    pub needs: Vec<String>,
    /// The functions that it offers.
    pub exports: Vec<String>,
    /// The oldest macOS that it says it runs on.
    pub macos: Option<(u32, u32)>,
    /// The name by which programs linked with it look for it, on macOS.
    pub install_name: Option<String>,
    /// The smallest alignment of a loaded segment, in bytes; of ELF files.
    pub alignment: Option<u64>,
}

/// Reads a file.
pub fn facts(file: &Path) -> Result<Facts> {
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    match Object::parse(&bytes).with_context(|| file.display().to_string())? {
        Object::Elf(elf) => Ok(of_elf(&elf)),
        Object::PE(pe) => {
            let exports = pe.exports.iter().filter_map(|export| export.name);
            Ok(Facts {
                needs: pe.libraries.iter().map(ToString::to_string).collect(),
                exports: exports.map(str::to_owned).collect(),
                ..Facts::default()
            })
        }
        Object::Mach(Mach::Binary(mach)) => of_mach(&mach),
        _ => bail!("{} is neither a library nor a program", file.display()),
    }
}

fn of_elf(elf: &Elf) -> Facts {
    let mut glibc = None;
    for file in elf
        .verneed
        .iter()
        .flat_map(goblin::elf::VerneedSection::iter)
    {
        for wanted in &file {
            let name = elf.dynstrtab.get_at(wanted.vna_name);
            let number = name.and_then(|name| version(name.strip_prefix("GLIBC_")?));
            glibc = glibc.max(number);
        }
    }
    let exported = elf.dynsyms.iter().filter(|symbol| {
        let is_defined = !symbol.is_import() && symbol.st_shndx != 0;
        is_defined && symbol.is_function()
    });
    let loaded = elf.program_headers.iter();
    let loaded = loaded.filter(|header| header.p_type == goblin::elf::program_header::PT_LOAD);
    Facts {
        glibc,
        needs: elf.libraries.iter().map(ToString::to_string).collect(),
        exports: exported
            .filter_map(|symbol| elf.dynstrtab.get_at(symbol.st_name))
            .map(str::to_owned)
            .collect(),
        alignment: loaded.map(|header| header.p_align).min(),
        ..Facts::default()
    }
}

fn of_mach(mach: &MachO) -> Result<Facts> {
    let oldest = mach.load_commands.iter().find_map(|command| {
        let encoded = match &command.command {
            CommandVariant::BuildVersion(build) => build.minos,
            CommandVariant::VersionMinMacosx(version) => version.version,
            _ => return None,
        };
        Some((encoded >> 16, (encoded >> 8) & 0xff))
    });
    let exports = mach.exports()?.into_iter();
    // The first is the library itself.
    let needs = mach.libs.iter().skip(1);
    Ok(Facts {
        needs: needs.map(ToString::to_string).collect(),
        exports: exports
            .map(|export| {
                export
                    .name
                    .strip_prefix('_')
                    .unwrap_or(&export.name)
                    .to_owned()
            })
            .collect(),
        macos: oldest,
        install_name: mach.name.map(str::to_owned),
        ..Facts::default()
    })
}

/// The first two numbers of a version.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// Makes sure that what was built for a platform runs on the machines that it is meant for.
pub fn check(platform: Platform, facts: &Facts) -> Result<()> {
    match platform.system() {
        System::Linux => ensure!(
            facts.glibc.is_some_and(|newest| newest <= GLIBC),
            "it wants glibc {:?}, and {GLIBC:?} is the oldest that there is",
            facts.glibc
        ),
        System::Musl => ensure!(facts.glibc.is_none(), "it wants glibc {:?}", facts.glibc),
        System::Windows => {}
        System::Macos => {
            let wanted = platform.zig_target().rsplit("macos.").next();
            let wanted = wanted.and_then(version);
            ensure!(
                facts.macos == wanted,
                "it wants macOS {:?}, and its packages say {wanted:?}",
                facts.macos
            );
        }
    }
    for needed in &facts.needs {
        ensure!(
            is_everywhere(platform, needed),
            "it wants {needed}, which is not on every {}",
            platform.name()
        );
    }
    Ok(())
}

/// Makes sure of what a library must be beside that: it offers the core's functions and nothing that is
/// Rust's own.
pub fn check_library(platform: Platform, name: &str, facts: &Facts) -> Result<()> {
    check(platform, facts)?;
    let wanted = format!("ffi_{}_uniffi_contract_version", name.replace('-', "_"));
    ensure!(
        facts.exports.contains(&wanted),
        "it does not offer {wanted}"
    );
    // On Windows and macOS a program binds each function to the library that it named, so that more does no harm;
    // and Zig offers all there is.
    let is_foreign = |export: &&String| {
        let ours = ["ffi_", "uniffi_", "UNIFFI_META_", "_init", "_fini"];
        !ours.iter().any(|begin| export.starts_with(begin))
    };
    let foreign = facts.exports.iter().find(is_foreign);
    let binds_by_name = matches!(platform.system(), System::Linux | System::Musl);
    if let Some(export) = foreign.filter(|_| binds_by_name) {
        bail!("it offers {export}, which is not of its interface");
    }
    if let Some(install_name) = &facts.install_name {
        ensure!(
            install_name.starts_with("@rpath/"),
            "programs linked with it would look for {install_name}"
        );
    }
    Ok(())
}

/// Makes sure that devices load a library that is in an app.
pub fn check_alignment(facts: &Facts) -> Result<()> {
    if let Some(alignment) = facts.alignment {
        ensure!(alignment >= PAGE, "its segments are aligned to {alignment}");
    }
    Ok(())
}

/// Whether every machine of the platform has a library.
fn is_everywhere(platform: Platform, library: &str) -> bool {
    match platform.system() {
        System::Linux => {
            let glibc = [
                "libc.so.6",
                "libm.so.6",
                "libdl.so.2",
                "libpthread.so.0",
                "librt.so.1",
            ];
            // Part of the standard base, and named by wheels' rules.
            let others = ["libgcc_s.so.1"];
            library.starts_with("ld-linux") || glibc.contains(&library) || others.contains(&library)
        }
        System::Musl => library == "libc.so" || library.starts_with("libc.musl-"),
        System::Windows => {
            let library = library.to_lowercase();
            // The runtime that is part of Windows since 10.
            let runtime = library.starts_with("api-ms-win-");
            let system = [
                "advapi32.dll",
                "bcrypt.dll",
                "bcryptprimitives.dll",
                "combase.dll",
                "crypt32.dll",
                "kernel32.dll",
                "ntdll.dll",
                "ole32.dll",
                "shell32.dll",
                "user32.dll",
                "userenv.dll",
                "ws2_32.dll",
                "ucrtbase.dll",
            ];
            runtime || system.contains(&library.as_str())
        }
        System::Macos => {
            library == "/usr/lib/libSystem.B.dylib"
                || library.starts_with("/System/Library/Frameworks/")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Facts, check, check_alignment, check_library, facts};
    use crate::packaging::platform::Platform;

    fn library() -> Facts {
        Facts {
            glibc: Some((2, 17)),
            needs: vec!["libc.so.6".into()],
            exports: vec!["ffi_stablevps_ffi_uniffi_contract_version".into()],
            alignment: Some(16384),
            ..Facts::default()
        }
    }

    #[test]
    fn a_library_is_refused_for_each_thing_that_a_machine_may_not_have() {
        let good = check_library(Platform::LinuxX86_64, "stablevps-ffi", &library());
        assert!(good.is_ok(), "{good:?}");
        let newer = Facts {
            glibc: Some((2, 34)),
            ..library()
        };
        let other = Facts {
            needs: vec!["libssl.so.3".into()],
            ..library()
        };
        let more = Facts {
            exports: [&library().exports[..], &["malloc".into()]].concat(),
            ..library()
        };
        let none = Facts {
            exports: Vec::new(),
            ..library()
        };
        for (facts, wanted) in [
            (newer, "it wants glibc Some((2, 34))"),
            (other, "it wants libssl.so.3"),
            (more, "it offers malloc"),
            (
                none,
                "it does not offer ffi_stablevps_ffi_uniffi_contract_version",
            ),
        ] {
            let said = check_library(Platform::LinuxX86_64, "stablevps-ffi", &facts);
            let said = said
                .err()
                .map(|error| error.to_string())
                .unwrap_or_default();
            assert!(said.starts_with(wanted), "{said}");
        }
    }

    #[test]
    fn a_library_of_an_app_is_aligned_to_large_pages() {
        assert!(check_alignment(&library()).is_ok());
        let small = Facts {
            alignment: Some(4096),
            ..library()
        };
        let said = check_alignment(&small).err().map(|error| error.to_string());
        assert_eq!(said.as_deref(), Some("its segments are aligned to 4096"));
    }

    #[test]
    fn a_library_for_macos_says_which_macos_and_where_programs_find_it() {
        let exports = library().exports;
        let good = Facts {
            macos: Some((11, 0)),
            install_name: Some("@rpath/libstablevps_ffi.dylib".into()),
            exports,
            ..Facts::default()
        };
        assert!(check_library(Platform::MacosAarch64, "stablevps-ffi", &good).is_ok());
        let newer = Facts {
            macos: Some((15, 0)),
            ..Facts::default()
        };
        assert!(check(Platform::MacosAarch64, &newer).is_err());
    }

    #[test]
    fn this_program_is_read() {
        let this = std::env::current_exe().map(|file| facts(&file));
        let needs = this.ok().and_then(Result::ok).map(|facts| facts.needs);
        assert!(needs.is_some_and(|needs| !needs.is_empty()));
    }
}
