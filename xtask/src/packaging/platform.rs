//! The platforms that packages are built for.

use clap::ValueEnum;

/// A platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Platform {
    /// Linux on x86-64, with glibc 2.17 or newer.
    #[value(name = "linux-x86-64")]
    LinuxX86_64,
    /// Linux on 64-bit ARM, with glibc 2.17 or newer.
    #[value(name = "linux-aarch64")]
    LinuxAarch64,
    /// Linux on x86-64 with musl 1.2, such as Alpine.
    #[value(name = "musl-x86-64")]
    MuslX86_64,
    /// Linux on 64-bit ARM with musl 1.2.
    #[value(name = "musl-aarch64")]
    MuslAarch64,
    /// Windows on x86-64.
    #[value(name = "windows-x86-64")]
    WindowsX86_64,
    /// Windows on 64-bit ARM.
    #[value(name = "windows-aarch64")]
    WindowsAarch64,
    /// macOS 10.12 or newer on Intel.
    #[value(name = "macos-x86-64")]
    MacosX86_64,
    /// macOS 11 or newer on Apple silicon.
    #[value(name = "macos-aarch64")]
    MacosAarch64,
}

/// What decides the form of a library and the tools that link it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Linux with glibc.
    Linux,
    /// Linux with musl.
    Musl,
    /// Windows.
    Windows,
    /// macOS.
    Macos,
}

impl Platform {
    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::LinuxX86_64 => "linux-x86-64",
            Self::LinuxAarch64 => "linux-aarch64",
            Self::MuslX86_64 => "musl-x86-64",
            Self::MuslAarch64 => "musl-aarch64",
            Self::WindowsX86_64 => "windows-x86-64",
            Self::WindowsAarch64 => "windows-aarch64",
            Self::MacosX86_64 => "macos-x86-64",
            Self::MacosAarch64 => "macos-aarch64",
        }
    }

    /// Its system.
    pub fn system(self) -> System {
        match self {
            Self::LinuxX86_64 | Self::LinuxAarch64 => System::Linux,
            Self::MuslX86_64 | Self::MuslAarch64 => System::Musl,
            Self::WindowsX86_64 | Self::WindowsAarch64 => System::Windows,
            Self::MacosX86_64 | Self::MacosAarch64 => System::Macos,
        }
    }

    /// Rust's name of it. On Windows itself its own linker is used; elsewhere LLVM's, because `windows-gnu`
    /// wants the unwinder of libgcc and a dlltool.
    pub fn target(self) -> &'static str {
        match self {
            Self::LinuxX86_64 => "x86_64-unknown-linux-gnu",
            Self::LinuxAarch64 => "aarch64-unknown-linux-gnu",
            Self::MuslX86_64 => "x86_64-unknown-linux-musl",
            Self::MuslAarch64 => "aarch64-unknown-linux-musl",
            Self::WindowsX86_64 if cfg!(windows) => "x86_64-pc-windows-msvc",
            Self::WindowsX86_64 => "x86_64-pc-windows-gnullvm",
            Self::WindowsAarch64 if cfg!(windows) => "aarch64-pc-windows-msvc",
            Self::WindowsAarch64 => "aarch64-pc-windows-gnullvm",
            Self::MacosX86_64 => "x86_64-apple-darwin",
            Self::MacosAarch64 => "aarch64-apple-darwin",
        }
    }

    /// Zig's name of it. Without the version of macOS, Zig marks a library as for the newest.
    pub fn zig_target(self) -> &'static str {
        match self {
            Self::LinuxX86_64 => "x86_64-linux-gnu.2.17",
            Self::LinuxAarch64 => "aarch64-linux-gnu.2.17",
            Self::MuslX86_64 => "x86_64-linux-musl",
            Self::MuslAarch64 => "aarch64-linux-musl",
            Self::WindowsX86_64 => "x86_64-windows-gnu",
            Self::WindowsAarch64 => "aarch64-windows-gnu",
            Self::MacosX86_64 => "x86_64-macos.10.12",
            Self::MacosAarch64 => "aarch64-macos.11.0",
        }
    }

    /// The platform tag of its wheels.
    pub fn wheel_tag(self) -> &'static str {
        match self {
            Self::LinuxX86_64 => "manylinux_2_17_x86_64",
            Self::LinuxAarch64 => "manylinux_2_17_aarch64",
            Self::MuslX86_64 => "musllinux_1_2_x86_64",
            Self::MuslAarch64 => "musllinux_1_2_aarch64",
            Self::WindowsX86_64 => "win_amd64",
            Self::WindowsAarch64 => "win_arm64",
            Self::MacosX86_64 => "macosx_10_12_x86_64",
            Self::MacosAarch64 => "macosx_11_0_arm64",
        }
    }

    /// The tag that the build of wheels is asked for; none where it follows from the target.
    pub fn compatibility(self) -> Option<&'static str> {
        match self.system() {
            System::Linux => Some("manylinux_2_17"),
            System::Musl => Some("musllinux_1_2"),
            System::Windows | System::Macos => None,
        }
    }

    /// The folder in a jar in which its library lies. They are JNA's names, but that JNA has none for musl.
    pub fn jar_folder(self) -> &'static str {
        match self {
            Self::LinuxX86_64 => "linux-x86-64",
            Self::LinuxAarch64 => "linux-aarch64",
            Self::MuslX86_64 => "linux-musl-x86-64",
            Self::MuslAarch64 => "linux-musl-aarch64",
            Self::WindowsX86_64 => "win32-x86-64",
            Self::WindowsAarch64 => "win32-aarch64",
            Self::MacosX86_64 => "darwin-x86-64",
            Self::MacosAarch64 => "darwin-aarch64",
        }
    }

    /// The file name of a library whose crate has this name.
    pub fn library(self, name: &str) -> String {
        let name = name.replace('-', "_");
        match self.system() {
            System::Linux | System::Musl => format!("lib{name}.so"),
            System::Windows => format!("{name}.dll"),
            System::Macos => format!("lib{name}.dylib"),
        }
    }

    /// The file name of a program.
    pub fn program(self, name: &str) -> String {
        match self.system() {
            System::Windows => format!("{name}.exe"),
            System::Linux | System::Musl | System::Macos => name.to_owned(),
        }
    }

    /// Whether the host's own linker makes what runs on it.
    pub fn is_linked_natively(self) -> bool {
        match self.system() {
            // A library that is linked here may want the glibc of here.
            System::Linux | System::Musl => false,
            System::Windows => cfg!(windows),
            System::Macos => cfg!(target_os = "macos"),
        }
    }
}
