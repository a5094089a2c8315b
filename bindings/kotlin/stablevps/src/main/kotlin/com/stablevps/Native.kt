package com.stablevps

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** On Android the caller's thread may be the main thread, in which the core is never called. */
internal val isAndroid: Boolean = System.getProperty("java.vm.name") == "Dalvik"

/** Calls the core, in a thread where it may be called. */
internal suspend inline fun <T> native(crossinline call: () -> T): T =
    if (isAndroid) {
        withContext(Dispatchers.Default) { call() }
    } else {
        call()
    }
