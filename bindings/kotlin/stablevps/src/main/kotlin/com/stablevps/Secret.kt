package com.stablevps

/**
 * A text that no log, template or debugger's `toString` shows: it prints as `***`. [reveal] gives it.
 */
public class Secret(
    private val text: String,
) {
    /** The text itself. */
    public fun reveal(): String = text

    override fun equals(other: Any?): Boolean = other is Secret && other.text == text

    override fun hashCode(): Int = text.hashCode()

    override fun toString(): String = "***"
}
