package com.stablevps

/** A text that prints as `***` in logs, templates and debuggers. [reveal] returns it. */
public class Secret(
    private val text: String,
) {
    /** The text itself. */
    public fun reveal(): String = text

    override fun equals(other: Any?): Boolean = other is Secret && other.text == text

    override fun hashCode(): Int = text.hashCode()

    override fun toString(): String = "***"
}
