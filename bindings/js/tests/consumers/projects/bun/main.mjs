import { same } from "./common/purchase.mjs";

same("Bun", typeof process.versions.bun, "string");
await import("./common/program.mjs");
const { buyRecorded } = await import("./common/stores.mjs");
console.log(await buyRecorded());
