package com.stablevps.tests

import com.stablevps.StableVps
import com.stablevps.testing.Simulator
import com.sun.jna.Platform
import kotlinx.validation.api.dump
import kotlinx.validation.api.filterOutNonPublic
import kotlinx.validation.api.loadApiFromJvmClasses
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.DataInputStream
import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.jar.JarFile
import kotlin.reflect.KClass
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

/** What the jars hold. */
internal class PackageTest {
    private fun jar(of: KClass<*>) =
        JarFile(
            File(
                of.java.protectionDomain.codeSource.location
                    .toURI(),
            ),
        )

    private fun <T> entries(
        of: KClass<*>,
        ending: String,
        read: (ByteArray) -> T,
    ): Map<String, T> =
        jar(of).use { jar ->
            jar
                .entries()
                .asSequence()
                .filter { it.name.endsWith(ending) }
                .associate { it.name to read(jar.getInputStream(it).readAllBytes()) }
        }

    /** `STABLEVPS_RECORD=1` writes them anew; whoever does it reads every change. */
    @Test
    fun `the public interface is the one that is written down`() {
        for ((of, name) in mapOf(StableVps::class to "stablevps", Simulator::class to "stablevps-testing")) {
            val present =
                jar(of).use { buildString { it.loadApiFromJvmClasses().filterOutNonPublic().dump(this) } }
            val file = File(variable("STABLEVPS_API_DUMPS"), "$name.api")
            if (System.getenv("STABLEVPS_RECORD") == "1") {
                file.writeText(present)
            }
            assertEquals(file.readText(), present, "another interface than ${file.name} says")
            assertTrue("internal/ffi" !in present, "generated code is visible")
        }
    }

    @Test
    fun `the native libraries are those of the jars, whatever of their names is on the machine's paths`(
        @TempDir folder: File,
    ) {
        val (ffi, simulator) = listOf("stablevps_ffi", "stablevps_simulator").map(System::mapLibraryName)
        // A released jar has those of other platforms, too.
        val here = Platform.RESOURCE_PREFIX
        File(folder, simulator).writeBytes(entries(StableVps::class, "$here/$ffi") { it }.values.single())
        File(folder, ffi).writeBytes(entries(Simulator::class, "$here/$simulator") { it }.values.single())
        val java = File(System.getProperty("java.home"), "bin/java").path
        val classes = System.getProperty("java.class.path")
        val program = listOf(java, "-Djna.library.path=$folder", "-cp", classes, Buyer::class.java.name)
        val process = ProcessBuilder(program).redirectErrorStream(true)
        process.environment()["LD_LIBRARY_PATH"] = folder.path
        assertEquals(
            "19.49",
            process
                .start()
                .inputReader()
                .readText()
                .trim(),
        )
    }

    @Test
    fun `a platform without a native library is named, with those that have one`() {
        val said = buyerSays("-Dos.arch=sparc")
        assertTrue("stablevps has no native library for " in said && "is not in the jar" in said, said)
        assertTrue("Linux on x86-64 and aarch64, with glibc 2.17 or musl 1.2" in said, said)
    }

    @Test
    fun `a folder for temporary files that can't hold a program is named, with the way to name another`(
        @TempDir folder: File,
    ) {
        val file = File(folder, "file").apply { writeText("") }
        val missing = File(file, "below").path
        val said = buyerSays("-Djna.tmpdir=$missing", "-Djna.nosys=true")
        assertTrue("stablevps could not load its native library " in said, said)
        assertTrue("($missing), which must be writable and not mounted noexec" in said, said)
        assertTrue("-Djna.tmpdir=FOLDER" in said, said)
    }

    private fun buyerSays(vararg settings: String): String {
        val java = File(System.getProperty("java.home"), "bin/java").path
        val classes = System.getProperty("java.class.path")
        val program = listOf(java, *settings, "-cp", classes, Buyer::class.java.name)
        val process = ProcessBuilder(program).redirectErrorStream(true).start()
        return process.inputReader().readText()
    }

    @Test
    fun `native libraries load on devices with pages of 16 KiB`() {
        for (of in listOf(StableVps::class, Simulator::class)) {
            val libraries = entries(of, ".so", ::alignments)
            assertTrue(libraries.isNotEmpty() || !System.getProperty("os.name").startsWith("Linux"))
            for ((name, alignments) in libraries) {
                assertTrue(alignments.isNotEmpty() && alignments.all { it >= 0x4000 }, "$name: $alignments")
            }
        }
    }

    /** The `p_align` of every `PT_LOAD` of a 64-bit little-endian ELF file. */
    private fun alignments(elf: ByteArray): List<Long> {
        val bytes = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN)
        check(bytes.getInt(0) == 0x464c457f && elf[4].toInt() == 2) { "not a 64-bit ELF file" }
        val table = bytes.getLong(0x20).toInt()
        val size = bytes.getShort(0x36).toInt()
        val headers = List(bytes.getShort(0x38).toInt()) { table + it * size }
        return headers.filter { bytes.getInt(it) == 1 }.map { bytes.getLong(it + 0x30) }
    }

    @Test
    fun `classes are for Java 11`() {
        for (of in listOf(StableVps::class, Simulator::class)) {
            val versions =
                entries(of, ".class") { DataInputStream(it.inputStream()).apply { readInt() }.readInt() }
            assertEquals(setOf(55), versions.values.toSet())
        }
    }

    @Test
    fun `the licences are in the jars`() {
        for (of in listOf(StableVps::class, Simulator::class)) {
            val licences = entries(of, "") { it.size }.filterKeys { it.startsWith("META-INF/LICENSE-") }
            assertEquals(setOf("META-INF/LICENSE-MIT", "META-INF/LICENSE-APACHE"), licences.keys)
            assertTrue(licences.values.all { it > 1000 }, "$licences")
        }
    }

    @Test
    fun `R8 is told to keep what is found by reflection`() {
        val (rules) = entries(StableVps::class, ".pro") { it.decodeToString() }.values.toList()
        assertTrue("-keep class com.sun.jna.** { *; }" in rules)
        val kept = assertNotNull(Regex("-keep class (com\\.stablevps[a-z.]*)").find(rules)).groupValues[1]
        val native = entries(StableVps::class, ".class") { it }.keys.filter { "/internal/ffi/" in it }
        assertTrue(native.isNotEmpty() && native.all { it.startsWith(kept.replace('.', '/')) })
    }
}
