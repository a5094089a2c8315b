import { same } from "./common/purchase.mjs";

same("Deno", typeof process.versions.deno, "string");
await import("./common/program.mjs");
const { buyRecorded } = await import("./common/stores.mjs");
console.log(await buyRecorded());
