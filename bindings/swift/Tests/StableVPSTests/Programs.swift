// Programs that the tests connect to.

import Foundation
import Testing

/// A server with a self-signed certificate.
final class SecureServer {
  let port = LoopbackServer.freePort()
  private let folder: URL
  private let process = Process()

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let make = Process()
    make.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    make.currentDirectoryURL = folder
    make.arguments = [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
      "key.pem", "-out", "cert.pem", "-days", "2", "-subj", "/CN=localhost", "-addext",
      "subjectAltName=DNS:localhost",
    ]
    make.standardError = FileHandle.nullDevice
    try make.run()
    make.waitUntilExit()
    try #require(make.terminationStatus == 0)
    process.executableURL = make.executableURL
    process.currentDirectoryURL = folder
    process.arguments = [
      "s_server", "-accept", "\(port)", "-cert", "cert.pem", "-key", "key.pem", "-www",
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.standardInput = Pipe()
    try process.run()
    while process.isRunning, !LoopbackServer.isServed(port) {}
  }

  func end() {
    // Child processes of the tests ignore SIGTERM.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }
}

/// The simulator as a program of its own, or another server that says where it listens.
final class Service: @unchecked Sendable {
  let url: String
  let key: String
  private let process = Process()
  private let input = Pipe()

  convenience init(_ options: String...) throws {
    try self.init(
      program: environment("STABLEVPS_SIMULATOR_BIN"),
      options: ["--port", "0", "--until-stdin-closes"] + options, lines: 2)
  }

  /// - Parameter lines: how many lines the program prints: the server's address, and the key if there is one.
  init(program: String, options: [String] = [], lines: Int) throws {
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = options
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var said = ""
    while said.filter({ $0 == "\n" }).count < lines {
      said += String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    }
    let words = said.split(separator: "\n").compactMap { $0.split(separator: " ").last }
    (url, key) = (String(words[0]), words.count > 1 ? String(words[1]) : "")
  }

  func end() throws {
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
