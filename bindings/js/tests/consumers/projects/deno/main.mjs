import { same } from "./common/purchase.mjs";

same("Deno", typeof process.versions.deno, "string");
await import("./common/program.mjs");
