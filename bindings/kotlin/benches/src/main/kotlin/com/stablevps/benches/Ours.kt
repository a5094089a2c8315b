package com.stablevps.benches

import com.stablevps.StableVps
import com.stablevps.StableVpsOptions

/** The list call as users of this package make it. */
internal class Ours(
    url: String,
    key: String,
) : Lister {
    private val client = StableVps(key, StableVpsOptions(baseUrl = url))

    override suspend fun list(): Int = client.vps.list().size

    override fun close() = client.close()
}
