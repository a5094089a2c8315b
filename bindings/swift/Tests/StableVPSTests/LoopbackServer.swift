// A server on the loopback interface, made of plain sockets.

import Foundation

#if canImport(Glibc)
  import Glibc
  private let stream = Int32(SOCK_STREAM.rawValue)
#else
  private let stream = SOCK_STREAM
#endif

/// Reads the requests of each connection one by one, records them, and runs a behaviour for each.
final class LoopbackServer: Sendable {
  typealias Behaviour = @Sendable (Connection, Int) -> Void
  /// The same with the request itself.
  typealias FullBehaviour = @Sendable (Connection, String, Int) -> Void

  let port: UInt16
  private let listener: Int32
  private let state = Mutexed<(requests: [String], sockets: [Int32])>(([], []))
  private let ends = AsyncStream<Void>.makeStream()

  var url: String { "http://127.0.0.1:\(port)" }

  /// The head of every request, each with its body.
  var requests: [String] { state.with { $0.requests } }

  convenience init(_ behave: @escaping Behaviour) {
    self.init { connection, _, number in behave(connection, number) }
  }

  init(_ behave: @escaping FullBehaviour) {
    (listener, port) = Self.listening()
    Thread.detachNewThread { [listener, self] in
      while case let socket = accept(listener, nil, nil), socket >= 0 {
        state.with { $0.sockets.append(socket) }
        Thread.detachNewThread { self.serve(Connection(socket: socket), behave) }
      }
    }
  }

  /// A port on which nobody listens.
  static func freePort() -> UInt16 {
    let (socket, port) = listening()
    close(socket)
    return port
  }

  /// Whether somebody listens on a port.
  static func isServed(_ port: UInt16) -> Bool {
    let socket = socket(AF_INET, stream, 0)
    defer { close(socket) }
    return loopback(port) { connect(socket, $0, $1) } == 0
  }

  /// Waits until clients have closed that many connections. Only one task may wait.
  func ended(_ count: Int) async {
    var left = count
    for await _ in ends.stream {
      left -= 1
      if left == 0 { return }
    }
  }

  /// Ends all connections. The descriptors stay open: another server may get the number of a closed one.
  func end() {
    shutdown(listener, Int32(SHUT_RDWR))
    for socket in state.with({ $0.sockets }) {
      shutdown(socket, Int32(SHUT_RDWR))
    }
  }

  private func serve(_ connection: Connection, _ behave: FullBehaviour) {
    defer { ends.continuation.yield() }
    while let request = connection.request() {
      let number = state.with { state in
        state.requests.append(request)
        return state.requests.count
      }
      behave(connection, request, number)
    }
  }

  private static func listening() -> (Int32, UInt16) {
    let listener = socket(AF_INET, stream, 0)
    _ = loopback(0) { bind(listener, $0, $1) }
    listen(listener, 64)
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = getsockname(listener, $0, &length)
      }
    }
    return (listener, UInt16(bigEndian: address.sin_port))
  }

  private static func loopback(
    _ port: UInt16, _ use: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        use($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}

/// One connection of a client.
final class Connection: Sendable {
  private let socket: Int32
  private let received = Mutexed("")

  init(socket: Int32) {
    self.socket = socket
  }

  func write(_ text: String) {
    write(Array(text.utf8))
  }

  func write(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count <= 0 { return }
      sent += count
    }
  }

  func answer(_ body: String, status: String = "200 OK", headers: String = "") {
    write(
      "HTTP/1.1 \(status)\r\ncontent-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n"
        + "\(headers)\r\n\(body)")
  }

  /// Closes the connection.
  func end() {
    shutdown(socket, Int32(SHUT_RDWR))
  }

  /// Resets the connection. Its descriptor stays reserved until the end of the process.
  func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
    let nothing = open("/dev/null", O_RDONLY)
    dup2(nothing, socket)
    close(nothing)
  }

  /// The next request with its body; `nil` at the connection's end.
  fileprivate func request() -> String? {
    received.with { received in
      while true {
        if let request = complete(received) {
          received.removeFirst(request.count)
          return request
        }
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(socket, &buffer, buffer.count, 0)
        if count <= 0 { return nil }
        received += String(decoding: buffer[..<count], as: UTF8.self)
      }
    }
  }

  private func complete(_ text: String) -> String? {
    guard let head = text.range(of: "\r\n\r\n") else { return nil }
    let lines = text[..<head.lowerBound].lowercased().components(separatedBy: "\r\n")
    let length = lines.first { $0.hasPrefix("content-length:") }
      .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
    let body = text[head.upperBound...]
    guard body.utf8.count >= length else { return nil }
    return String(text[..<head.upperBound]) + body.prefix(length)
  }
}

/// A value that is protected by a lock.
final class Mutexed<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Value

  init(_ value: Value) {
    self.value = value
  }

  func with<Result>(_ body: (inout Value) -> Result) -> Result {
    lock.withLock { body(&value) }
  }
}
