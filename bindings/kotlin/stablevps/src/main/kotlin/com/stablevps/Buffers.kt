package com.stablevps

import java.nio.Buffer

// The methods of `Buffer` itself: those with which `ByteBuffer` replaces them are missing on Android before API level 29.

internal fun flip(buffer: Buffer) {
    buffer.flip()
}

internal fun clear(buffer: Buffer) {
    buffer.clear()
}
