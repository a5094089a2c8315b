
/** Loads the library out of its own jar, and says what is missing where that fails. */
internal object OwnJar {
    private const val HAS =
        "Linux on x86-64 and aarch64, with glibc 2.17 or musl 1.2; Windows on x86-64; macOS on x86-64 and aarch64"

    fun load(name: String): com.sun.jna.NativeLibrary {
        val folder = folder()
        val resource = "/$folder/${System.mapLibraryName(name)}"
        if (OwnJar::class.java.getResource(resource) == null) {
            throw UnsatisfiedLinkError(
                "stablevps has no native library for $folder: $resource is not in the jar. A released jar has those of $HAS; " +
                    "one that was built from source has that of the machine that built it",
            )
        }
        try {
            val file = Native.extractFromResourcePath(resource, OwnJar::class.java.classLoader)
            // What was unpacked is loaded now, and would stay behind after a kill.
            return com.sun.jna.NativeLibrary.getInstance(file.path).also {
                if (file.name.startsWith("jna")) file.delete()
            }
        } catch (error: LinkageError) {
            throw refused(resource, error)
        } catch (error: java.io.IOException) {
            throw refused(resource, error)
        }
    }

    /** JNA has no name of its own for Linux with musl. */
    private fun folder(): String {
        val folder = com.sun.jna.Platform.RESOURCE_PREFIX
        return if (com.sun.jna.Platform.isLinux() && isMusl()) folder.replace("linux-", "linux-musl-") else folder
    }

    private fun isMusl(): Boolean =
        try {
            java.io.File("/proc/self/maps").useLines { lines -> lines.any { "/ld-musl-" in it } }
        } catch (_: java.io.IOException) {
            false
        }

    private fun refused(resource: String, error: Throwable): UnsatisfiedLinkError {
        val temporary = System.getProperty("jna.tmpdir") ?: System.getProperty("java.io.tmpdir")
        val musl =
            if ("musl" in resource) " On Alpine, JNA needs the package gcompat or java-jna-native." else ""
        return UnsatisfiedLinkError(
            "stablevps could not load its native library $resource: ${error.message}. It is unpacked to a folder for temporary " +
                "files ($temporary), which must be writable and not mounted noexec: name another one with " +
                "-Djna.tmpdir=FOLDER.$musl",
        ).apply { initCause(error) }
    }
}
