/** Every store answers as the shared suite says, and refuses what it must not touch. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PGlite } from "@electric-sql/pglite";
import Database from "libsql";
import pg from "pg";
import {
  PostgresStore,
  READ_VERSION,
  SQLITE_OPERATIONS,
  SQLITE_SCHEMA,
  SqliteStore,
  VERSION,
} from "stablevps/stores";
import { conforms, operationOf } from "../consumers/common/conformance.mjs";
import { folder } from "./support.mjs";

const { STABLEVPS_STORES, STABLEVPS_POSTGRES, STABLEVPS_PGBOUNCER } = process.env;

function scenes() {
  assert.ok(STABLEVPS_STORES, "STABLEVPS_STORES must name the folder of the conformance suite");
  const scenes = JSON.parse(readFileSync(join(STABLEVPS_STORES, "conformance.json"), "utf8"));
  assert.ok(scenes.length > 0);
  return scenes;
}

const LIST = operationOf({ id: 1, account: "one", holder: "a", op: { list: { openOnly: false } } });

/** Node's own, from 22.13 on. */
const nodeSqlite = await import("node:sqlite").catch(() => undefined);

test("a store that answers wrongly is noticed", async () => {
  const store = new SqliteStore(new Database(":memory:"));
  const careless = {
    async carryOut(operation) {
      const answer = await store.carryOut(operation);
      return operation.op === "receipt" ? answer.replace("p1", "p2") : answer;
    },
  };
  await assert.rejects(conforms(careless, scenes()), /gives .*p2.*, not /);
});

test("a database of better-sqlite3's kind answers as it should", async () => {
  await conforms(new SqliteStore(new Database(":memory:")), scenes());
});

test("Node's own SQLite answers as it should", { skip: !nodeSqlite }, async () => {
  const handle = new nodeSqlite.DatabaseSync(":memory:");
  await conforms(new SqliteStore(handle), scenes());
});

test("a file is opened with what the runtime has", async (t) => {
  const file = join(folder(t), "purchases.db");
  const store = new SqliteStore(file);
  if (!nodeSqlite) {
    await assert.rejects(store.carryOut(LIST), /has no node:sqlite to open a file with: pass a/);
    return;
  }
  await conforms(store, scenes());
  await store.close();
  await assert.rejects(store.carryOut(LIST), /the store is closed/);
  // What was written is in the file.
  const [version] = new Database(file).prepare(READ_VERSION).all();
  assert.deepEqual({ ...version }, { version: VERSION });
});

test("a store that is closed while it opens its file stays closed", {
  skip: !nodeSqlite,
}, async (t) => {
  const store = new SqliteStore(join(folder(t), "purchases.db"));
  const asked = store.carryOut(LIST);
  await store.close();
  await assert.rejects(asked, /the store is closed/);
});

test("two connections to one file see the same purchases", async (t) => {
  const file = join(folder(t), "purchases.db");
  const [first, second] = [1, 2].map(() => new SqliteStore(new Database(file)));
  await conforms({ carryOut: (operation) => first.carryOut(operation) }, scenes());
  let turn = 0;
  await conforms(
    { carryOut: (operation) => (turn++ % 2 ? first : second).carryOut(operation) },
    scenes(),
  );
});

test("PGlite answers as PostgreSQL should", async () => {
  const database = new PGlite();
  await conforms(new PostgresStore(database), scenes());
  await database.close();
});

/** How to connect, from libpq's words. */
function postgres(address = STABLEVPS_POSTGRES) {
  const words = address.split(" ").map((word) => word.split("="));
  const { host, port, user, dbname } = Object.fromEntries(words);
  return { host, port: Number(port ?? 5432), user, database: dbname ?? user };
}

test("PostgreSQL answers as it should", { skip: !STABLEVPS_POSTGRES }, async () => {
  const pool = new pg.Pool({ ...postgres(), max: 3 });
  await conforms(new PostgresStore(pool), scenes());
  await pool.end();
  const client = new pg.Client(postgres());
  await client.connect();
  await conforms(new PostgresStore(client), scenes());
  await client.end();
});

test("PostgreSQL behind PgBouncer answers as it should", {
  skip: !STABLEVPS_PGBOUNCER,
}, async () => {
  const pool = new pg.Pool({ ...postgres(STABLEVPS_PGBOUNCER), max: 6 });
  // Connections of the server go from one of them to the other.
  await Promise.all([1, 2].map(() => conforms(new PostgresStore(pool), scenes())));
  await pool.end();
});

test("many at once on a new PostgreSQL database", { skip: !STABLEVPS_POSTGRES }, async () => {
  const name = `stablevps_${randomUUID().replaceAll("-", "")}`;
  const admin = new pg.Client(postgres());
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  const pools = Array.from({ length: 6 }, () => new pg.Pool({ ...postgres(), database: name }));
  const stores = pools.map((pool) => new PostgresStore(pool));
  const open = (account) =>
    operationOf({
      ...{ id: 1, account, holder: "a" },
      op: { open: { find: { key: "k" }, insert: null, leaseMs: 1 } },
    });
  // Each makes the tables.
  const answers = await Promise.all(stores.map((store) => store.carryOut(open("one"))));
  assert.equal(new Set(answers).size, 1);
  await Promise.all(pools.map((pool) => pool.end()));
  await admin.query(`DROP DATABASE ${name}`);
  await admin.end();
});

test("SQLite tables of a newer version are not touched", async () => {
  const database = new Database(":memory:");
  database.exec("CREATE TABLE stablevps_schema (version INTEGER NOT NULL)");
  database.exec("INSERT INTO stablevps_schema VALUES (2)");
  const store = new SqliteStore(database);
  await assert.rejects(store.carryOut(LIST), {
    message: "the database has tables of a newer version, 2",
  });
  const tables = database.prepare("SELECT name FROM sqlite_master").all();
  assert.deepEqual(
    tables.map(({ name }) => name),
    ["stablevps_schema"],
  );
});

test("PostgreSQL tables of a newer version are not touched", async () => {
  const database = new PGlite();
  await database.query("CREATE TABLE stablevps_schema (version integer NOT NULL)");
  await database.query("INSERT INTO stablevps_schema VALUES (2)");
  await assert.rejects(new PostgresStore(database).carryOut(LIST), {
    message: "the database has tables of a newer version, 2",
  });
  const tables = await database.query(
    "SELECT relname FROM pg_class WHERE relname LIKE 'stablevps%'",
  );
  assert.deepEqual(tables.rows, [{ relname: "stablevps_schema" }]);
  await database.close();
});

test("an operation that fails leaves nothing behind, and the next one is carried out", async () => {
  const database = new Database(":memory:");
  const store = new SqliteStore(database);
  await assert.rejects(store.carryOut({ op: "save", document: "no JSON" }), /malformed JSON/);
  assert.equal(database.inTransaction, false);
  assert.deepEqual(JSON.parse(await store.carryOut(LIST)), { listed: { records: [] } });
});

test("a transaction of the database's owner is left alone", async () => {
  const database = new Database(":memory:");
  const store = new SqliteStore(database);
  await store.carryOut(LIST);
  database.exec("CREATE TABLE theirs (word TEXT); BEGIN; INSERT INTO theirs VALUES ('kept')");
  await assert.rejects(store.carryOut(LIST), /within a transaction/);
  database.exec("COMMIT");
  assert.equal(database.prepare("SELECT word FROM theirs").all().length, 1);
  await store.carryOut(LIST);
});

test("a database that can't be opened is tried again with the next operation", async () => {
  let isDown = true;
  const inner = new Database(":memory:");
  const handle = {
    exec(sql) {
      if (isDown) {
        throw new Error("disk I/O error");
      }
      return inner.exec(sql);
    },
    prepare: (sql) => inner.prepare(sql),
  };
  const store = new SqliteStore(handle);
  await assert.rejects(store.carryOut(LIST), /disk I\/O error/);
  isDown = false;
  await conforms(store, scenes());
});

test("what is no database is refused", () => {
  for (const wrong of [undefined, null, {}, 5, { exec() {} }]) {
    assert.throws(() => new SqliteStore(wrong), /must be a path, or have the methods/);
  }
  assert.throws(() => new PostgresStore({}), /must have the method query/);
});

test("a store of one's own is a batch of the published statements", async () => {
  // As D1 has it: `batch` runs its statements in one transaction.
  const inner = new Database(":memory:");
  inner.exec(SQLITE_SCHEMA);
  const database = {
    prepare: (sql) => ({ bind: (document) => ({ sql, document }) }),
    batch: inner.transaction((statements) =>
      statements.map(({ sql, document }) => ({ results: inner.prepare(sql).all({ 1: document }) })),
    ),
  };
  const store = {
    async carryOut({ op, document }) {
      const statements = SQLITE_OPERATIONS[op].map((sql) => database.prepare(sql).bind(document));
      const results = await database.batch(statements);
      return results
        .map(({ results }) => Object.values(results[0] ?? {})[0])
        .find((text) => text != null);
    },
  };
  await conforms(store, scenes());
});
