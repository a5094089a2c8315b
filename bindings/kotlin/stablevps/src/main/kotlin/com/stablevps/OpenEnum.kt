package com.stablevps

/**
 * A set of known values to which the service may add: a value that this version does not know is kept
 * as it was sent. Two of them are equal where their texts are.
 */
public sealed class OpenEnum(
    /** The text as the service sends it. */
    public val value: String,
) {
    final override fun equals(other: Any?): Boolean =
        this === other || (other is OpenEnum && other.javaClass == javaClass && other.value == value)

    final override fun hashCode(): Int = value.hashCode()

    final override fun toString(): String = value
}
