// The AAR, on release machines with the Android SDK, the NDK and cargo-ndk. The tests of this repository do
// not build it. First `cargo xtask test kotlin`, which generates what calls the core; then
// `gradle publishToMavenLocal` here.

import com.android.build.api.dsl.LibraryExtension

plugins {
    id("com.android.library") version "8.13.0"
    id("org.jetbrains.kotlin.android") version "2.4.21"
    id("maven-publish")
}

group = "com.stablevps"
version = "0.1.0"

val libraries = layout.buildDirectory.dir("rust")
val shared = file("../stablevps")

configure<LibraryExtension> {
    namespace = "com.stablevps"
    compileSdk = 36
    defaultConfig {
        minSdk = 26
        // The rules that the jar has too.
        consumerProguardFiles("$shared/src/main/resources/META-INF/proguard/stablevps.pro")
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_11
        targetCompatibility = JavaVersion.VERSION_11
    }
    sourceSets.getByName("main") {
        kotlin.directories += "$shared/src/main/kotlin"
        kotlin.directories += "$shared/target/native/kotlin"
        jniLibs.directories += libraries.get().asFile.path
    }
    publishing.singleVariant("release") { withSourcesJar() }
}

kotlin {
    explicitApi()
}

dependencies {
    api("org.jetbrains.kotlinx:kotlinx-coroutines-android:1.11.0")
    api("com.squareup.okhttp3:okhttp:5.5.1")
    implementation("net.java.dev.jna:jna:5.19.1@aar")
    compileOnly("io.opentelemetry:opentelemetry-api:1.68.0")
}

// Devices with pages of 16 KiB load no library that is aligned to less; those of 32 bits have none.
val rust by tasks.registering(Exec::class) {
    workingDir = file("../../..")
    environment("RUSTFLAGS", "-Clink-arg=-Wl,-z,max-page-size=16384")
    commandLine(
        listOf("cargo", "ndk", "--platform", "26", "--output-dir", libraries.get().asFile.path) +
            listOf("arm64-v8a", "armeabi-v7a", "x86_64", "x86").flatMap { listOf("--target", it) } +
            listOf("rustc", "--locked", "--profile", "app", "--lib", "--package", "stablevps-ffi") +
            listOf("--features", "records", "--crate-type", "cdylib"),
    )
}

tasks.named("preBuild") { dependsOn(rust) }

publishing.publications.register<MavenPublication>("release") {
    artifactId = "stablevps-android"
    afterEvaluate { from(components["release"]) }
}
