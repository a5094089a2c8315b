package com.stablevps.tests

import androidx.sqlite.driver.bundled.BundledSQLiteDriver
import com.stablevps.BlockingStore
import com.stablevps.PostgresStore
import com.stablevps.SqliteStore
import com.stablevps.Store
import com.stablevps.StoreFailure
import com.stablevps.StoreOperation
import com.stablevps.StoreSql
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.sqlite.SQLiteDataSource
import java.nio.file.Files
import java.nio.file.Path
import java.sql.Connection
import java.sql.DriverManager
import java.sql.SQLException
import java.util.UUID
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue

/** The stores, by themselves. */
internal class StoresTest {
    @TempDir
    lateinit var folder: Path

    private val file: Path get() = folder.resolve("purchases.db")

    private fun connect(): Connection = DriverManager.getConnection("jdbc:sqlite:$file")

    /** Plays the operations that every language's stores are tested with. */
    private fun conforms(store: Store) =
        runBlocking {
            val text = Files.readString(Path.of(variable("STABLEVPS_STORES"), "conformance.json"))
            val world = UUID.randomUUID()
            val scenes = Json.parseToJsonElement(text).jsonArray.map { it.jsonObject }
            assertTrue(scenes.size > 20)
            scenes.forEachIndexed { number, scene ->
                for (operation in scene.getValue("operations").jsonArray.map { it.jsonObject }) {
                    val request = operation.getValue("request").jsonObject
                    val account = "$world $number ${request.getValue("account").jsonPrimitive.content}"
                    val asked = JsonObject(request + ("account" to JsonPrimitive(account)))
                    val op = request.getValue("op")
                    val name = if (op is JsonPrimitive) op.content else op.jsonObject.keys.single()
                    val answer = store.carryOut(StoreOperation(name, "$asked"))
                    val given = Json.parseToJsonElement(answer)
                    assertEquals(operation["answer"], given, "${scene["name"]}: $asked")
                }
            }
        }

    @Test
    fun `SQLite answers as every store does`() {
        conforms(sqlite(file))
        conforms(SqliteStore(SQLiteDataSource().apply { url = "jdbc:sqlite::memory:" }))
    }

    @Test
    fun `PostgreSQL answers as every store does`() {
        val server = postgres() ?: return println("STABLEVPS_POSTGRES is not set: PostgreSQL is not tested")
        conforms(PostgresStore(server))
        conforms(PostgresStore { server.connection.apply { autoCommit = false } })
    }

    @Test
    fun `PostgreSQL behind PgBouncer answers as every store does`() {
        val bouncer = pgbouncer() ?: return println("STABLEVPS_PGBOUNCER is not set: PgBouncer is not tested")
        conforms(PostgresStore(bouncer))
        // A connection of the driver that is kept: PgBouncer gives it another of the server's for each transaction.
        bouncer.connection.use { kept ->
            val lent =
                object : Connection by kept {
                    override fun close() = Unit
                }
            conforms(PostgresStore { lent })
        }
    }

    @Test
    fun `the store that the README shows for Android answers as every store does`() {
        conforms(AndroidStore { BundledSQLiteDriver().open("$file") })
        val source = Path.of("src/test/kotlin/com/stablevps/tests/AndroidStore.kt")
        val shown = Files.readString(source).substringAfter(") : Store {")
        val readme = Files.readString(Path.of(variable("STABLEVPS_API_DUMPS")).resolveSibling("README.md"))
        assertTrue(shown in readme, "the README shows another one")
    }

    @Test
    fun `a store that blocks answers as every store does`() {
        val store = sqlite(file)
        val threads = mutableSetOf<String>()
        conforms(
            Store.blocking(
                BlockingStore { operation ->
                    threads += Thread.currentThread().name
                    runBlocking { store.carryOut(operation) }
                },
            ),
        )
        assertTrue(threads.all { it.startsWith("DefaultDispatcher-worker") }, "$threads")
    }

    private val listing = """{"id":1,"account":"one","holder":"a","op":{"list":{"openOnly":false}}}"""

    private suspend fun Store.list() = carryOut(StoreOperation("list", listing))

    @Test
    fun `many threads and connections share one file`() =
        runBlocking {
            val stores = List(4) { sqlite(file) }
            val open =
                """{"open":{"find":{"key":"k"},"insert":{"id":"%s","key":"k","order":""" +
                    """{"planId":"basic","billingCycle":"monthly","location":"london"},"token":"t"},"leaseMs":9000}}"""
            val answers =
                withContext(Dispatchers.IO) {
                    List(40) { number ->
                        async {
                            val op = open.format("p$number")
                            val document = """{"id":1,"account":"one","holder":"h$number","op":$op}"""
                            stores[number % 4].carryOut(StoreOperation("open", document))
                        }
                    }.awaitAll()
                }
            assertEquals(1, answers.count { "\"us\"" in it })
            assertEquals(39, answers.count { "leftMs" in it })
            stores.forEach { it.close() }
        }

    @Test
    fun `tables of a newer version are not touched`() =
        runBlocking {
            connect().use { it.createStatement().use { one -> one.newer() } }
            for (store in listOf(sqlite(file), AndroidStore { BundledSQLiteDriver().open("$file") })) {
                val refused = assertFailsWith<StoreFailure> { store.list() }
                assertTrue(refused.detail.startsWith("the database has tables of a newer version"))
            }
            connect().use { connection ->
                connection.createStatement().use { statement ->
                    val tables = statement.executeQuery("SELECT count(*) FROM sqlite_master")
                    assertEquals(1, tables.getInt(1))
                }
            }
        }

    private fun java.sql.Statement.newer() {
        execute("CREATE TABLE stablevps_schema (version INTEGER NOT NULL)")
        execute("INSERT INTO stablevps_schema VALUES (${StoreSql.version + 1})")
    }

    @Test
    fun `tables of a newer version in PostgreSQL are not touched`() =
        runBlocking {
            val server = postgres() ?: return@runBlocking
            server.connection.use { it.createStatement().use { one -> one.newer() } }
            val refused = assertFailsWith<StoreFailure> { PostgresStore(server).list() }
            assertEquals("the database has tables of a newer version, 2", refused.detail)
            server.connection.use { connection ->
                connection.createStatement().use { statement ->
                    val tables = "SELECT count(*) FROM pg_class WHERE relname LIKE 'stablevps%'"
                    assertEquals(1, statement.executeQuery(tables).apply { next() }.getInt(1))
                }
            }
        }

    @Test
    fun `nothing is kept in a session of PostgreSQL`() =
        runBlocking {
            val server = postgres() ?: return@runBlocking
            server.connection.use { connection ->
                val store =
                    PostgresStore {
                        object : Connection by connection {
                            override fun close() = Unit
                        }
                    }
                repeat(10) { store.list() }
                connection.createStatement().use { statement ->
                    val kept = "SELECT count(*) FROM pg_prepared_statements"
                    assertEquals(0, statement.executeQuery(kept).apply { next() }.getInt(1))
                }
            }
        }

    @Test
    fun `what a driver says of an address is not shown`() =
        runBlocking {
            val url = "jdbc:nosuchthing://user:hunter2@localhost/db"
            for (store in listOf(
                SqliteStore {
                    DriverManager.getConnection(url)
                },
                PostgresStore { throw SQLException(url) },
            )) {
                val failure = assertFailsWith<StoreFailure> { store.list() }
                assertTrue(failure.detail.startsWith("can't connect: SQLException"), failure.detail)
                assertTrue("hunter2" !in failure.detail)
            }
        }

    @Test
    fun `a connection that broke is made anew, and a transaction that failed is undone`() =
        runBlocking {
            val made = mutableListOf<Connection>()
            val store = SqliteStore { connect().also { made += it } }
            assertEquals("""{"listed":{"records":[]}}""", store.list())
            made.single().close()
            store.list()
            assertEquals(2, made.size)
            // A statement that can't be carried out: the transaction before it is undone, the connection stays.
            assertFailsWith<StoreFailure> { store.carryOut(StoreOperation("open", "no JSON")) }
            assertFailsWith<StoreFailure> { store.carryOut(StoreOperation("nothing", listing)) }
            store.list()
            assertEquals(2, made.size)
            store.close()
            assertTrue(made.last().isClosed)
            store.list()
            assertEquals(3, made.size)
            store.close()
        }

    @Test
    fun `what SQLite says is kept is on the disk`() =
        runBlocking {
            val made = mutableListOf<Connection>()
            val store = SqliteStore { connect().also { made += it } }
            store.list()
            made.single().createStatement().use {
                assertEquals(2, it.executeQuery("PRAGMA synchronous").getInt(1))
                assertEquals(10_000, it.executeQuery("PRAGMA busy_timeout").getInt(1))
            }
            store.close()
        }
}
