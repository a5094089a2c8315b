package com.stablevps

/** Told of every request and every wait. It never gets to see a secret. */
public fun interface Logger {
    /** One line, such as `vps.list: sending GET /vps`. */
    public fun log(message: String)
}
