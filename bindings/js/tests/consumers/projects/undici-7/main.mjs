import * as stablevps from "stablevps";
import * as undici from "undici";
import { buyWithAgents } from "./common/undici.mjs";

await buyWithAgents(stablevps, undici);
