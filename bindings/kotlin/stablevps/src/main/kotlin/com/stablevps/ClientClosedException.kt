package com.stablevps

/** The client was closed: before the call, or while it waited. */
public class ClientClosedException internal constructor(
    /**
     * The token from which [VpsResource.resume] of another client continues the purchase; `null` where no
     * purchase was under way.
     */
    public val token: String?,
) : IllegalStateException("the client is closed")
