"use client";

/** A client component: rendered on the server first, alive in the browser. */

import { useEffect } from "react";
import * as stablevps from "stablevps";
import { page } from "../../common/page.mjs";

export default function Page() {
  useEffect(() => page(stablevps, () => import("stablevps/testing")), []);
  return <p>{stablevps.price("prime", "monthly")}</p>;
}
