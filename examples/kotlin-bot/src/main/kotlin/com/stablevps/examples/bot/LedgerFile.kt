package com.stablevps.examples.bot

import kotlinx.serialization.Serializable
import kotlinx.serialization.SerializationException
import java.io.Closeable
import java.io.IOException
import java.nio.channels.FileChannel
import java.nio.channels.FileLock
import java.nio.channels.OverlappingFileLockException
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.Path
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardOpenOption.CREATE
import java.nio.file.StandardOpenOption.READ
import java.nio.file.StandardOpenOption.TRUNCATE_EXISTING
import java.nio.file.StandardOpenOption.WRITE
import kotlin.io.path.readText

private const val VERSION = 1

@Serializable
private class State(
    val version: Int,
    val members: Map<String, Member>,
)

/**
 * A ledger in a file that is complete at any moment: a change is written to a new file, forced to the disk,
 * and renamed over the old one.
 */
internal class LedgerFile(
    path: Path,
) : LedgerStore {
    private val path = path.toAbsolutePath()
    private val fresh = this.path.resolveSibling("${path.fileName}.new")

    /** @throws UserError for a file that is not a ledger. Nothing is bought on a guess. */
    override fun read(): Map<String, Member> =
        try {
            val state = json.decodeFromString<State>(path.readText())
            if (state.version != VERSION) {
                throw UserError("$path was written by another version of this program")
            }
            state.members
        } catch (_: NoSuchFileException) {
            emptyMap()
        } catch (damaged: SerializationException) {
            throw UserError("$path is damaged: ${damaged.message?.lineSequence()?.first()}")
        }

    // Not handed to another thread: nothing may go on before it is on the disk.
    override fun write(members: Map<String, Member>) {
        val text = json.encodeToString(State(VERSION, members))
        FileChannel.open(fresh, CREATE, WRITE, TRUNCATE_EXISTING).use { file ->
            val bytes = Charsets.UTF_8.encode("$text\n")
            while (bytes.hasRemaining()) {
                file.write(bytes)
            }
            file.force(true)
        }
        Files.move(fresh, path, ATOMIC_MOVE)
        forceFolder()
    }

    /**
     * Makes this process the only one that changes the ledger. The operating system releases the lock when
     * the process ends, in whatever way.
     */
    fun lock(): Closeable {
        val file = FileChannel.open(path.resolveSibling("${path.fileName}.lock"), CREATE, WRITE)
        val lock: FileLock? =
            try {
                file.tryLock()
            } catch (_: OverlappingFileLockException) {
                null
            }
        if (lock == null) {
            file.close()
            throw UserError("another process keeps this fleet")
        }
        return file
    }

    /** Forces the renaming to the disk. Windows does that by itself, and has no call for it. */
    private fun forceFolder() {
        try {
            FileChannel.open(path.parent, READ).use { it.force(true) }
        } catch (failure: IOException) {
            if (!System.getProperty("os.name").startsWith("Windows")) {
                throw failure
            }
        }
    }
}
