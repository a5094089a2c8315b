package com.stablevps

/**
 * A set of values to which the service may add some. A value that this version does not know keeps its
 * text. Two values are equal when their texts are.
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
