package com.stablevps

/**
 * A VPS's id at the provider behind the service, such as `zomro-67890`. No call takes it, and being a
 * type of its own it can't be passed by mistake where a VPS's id goes.
 */
public class ServerId internal constructor(
    /** The text as the service sends it. */
    public val value: String,
) {
    override fun equals(other: Any?): Boolean = other is ServerId && other.value == value

    override fun hashCode(): Int = value.hashCode()

    override fun toString(): String = value
}
