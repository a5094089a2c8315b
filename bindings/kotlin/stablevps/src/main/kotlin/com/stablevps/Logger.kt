package com.stablevps

/** Called with a line for every request and every wait. No line contains a secret. */
public fun interface Logger {
    /** Logs one line, such as `vps.list: sending GET /vps`. */
    public fun log(message: String)
}
