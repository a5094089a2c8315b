import * as stablevps from "stablevps";
import { page } from "./common/page.mjs";

page(stablevps, () => import("stablevps/testing"));
