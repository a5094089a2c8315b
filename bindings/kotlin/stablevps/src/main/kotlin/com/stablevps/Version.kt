package com.stablevps

/** This package's version. */
public const val VERSION: String = "0.1.0"
