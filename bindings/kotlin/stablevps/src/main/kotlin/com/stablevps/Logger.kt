package com.stablevps

import java.util.logging.Level

/** How important a line of the log is. */
public enum class LogLevel {
    /** Every request, reply and wait. */
    DEBUG,

    /** Orders, deletions and reboots: what costs money or interrupts a VPS. */
    INFO,
}

/** Called with a line for every request, every reply and every wait. No line contains a secret. */
public fun interface Logger {
    /** Logs one line, such as `vps.list: GET /vps answered 200 in 41 ms`. */
    public fun log(message: String)

    /** Logs one line of that importance. By default as any other. */
    public fun log(
        level: LogLevel,
        message: String,
    ): Unit = log(message)

    public companion object {
        /**
         * Logs with `java.util.logging`, where [LogLevel.DEBUG] is `FINE`. Bridges lead from there to every other library of
         * logging.
         */
        @JvmStatic
        @JvmOverloads
        public fun javaUtilLogging(name: String = "stablevps"): Logger {
            val logger =
                java.util.logging.Logger
                    .getLogger(name)
            return object : Logger {
                override fun log(message: String) = log(LogLevel.DEBUG, message)

                override fun log(
                    level: LogLevel,
                    message: String,
                ) = logger.log(if (level == LogLevel.INFO) Level.INFO else Level.FINE, message)
            }
        }
    }
}
