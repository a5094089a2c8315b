package com.stablevps

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** On Android the thread that calls may be the one that draws: the core is not called in it. */
internal val isAndroid: Boolean = System.getProperty("java.vm.name") == "Dalvik"

/** Calls the core, where that may be done. */
internal suspend inline fun <T> native(crossinline call: () -> T): T =
    if (isAndroid) {
        withContext(Dispatchers.Default) { call() }
    } else {
        call()
    }
