import { same } from "./common/purchase.mjs";

same("Node", process.versions.node.split(".")[0], "22");
await import("./common/program.mjs");
const { buyRecorded } = await import("./common/stores.mjs");
console.log(await buyRecorded());
