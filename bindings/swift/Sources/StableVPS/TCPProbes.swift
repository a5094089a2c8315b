import Dispatch

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

#if canImport(Glibc)
  private let streams = Int32(SOCK_STREAM.rawValue)
#else
  private let streams = SOCK_STREAM
#endif

/// Wakes a thread that waits for sockets.
final class Wake: Sendable {
  /// Readable once it was woken.
  let reader: Int32
  private let writer: Int32

  /// `nil` where the process may open no more files.
  init?() {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return nil }
    (reader, writer) = (ends[0], ends[1])
  }

  func now() {
    var byte: UInt8 = 0
    _ = write(writer, &byte, 1)
  }

  deinit {
    close(reader)
    close(writer)
  }
}

/// Connections to many addresses, side by side in one thread.
struct TCPProbes {
  /// A connection on its way.
  private struct Attempt {
    let number: Int
    let socket: Int32
    let end: UInt64
  }

  private let targets: [StableVPS.ProbeTarget]
  private let withinNanoseconds: UInt64
  private let wake: Wake
  private var outcomes: [StableVPS.ProbeOutcome]
  /// The oldest first, which is the one whose time is over first.
  private var underWay: [Attempt] = []

  init(_ targets: [StableVPS.ProbeTarget], within: Duration, wake: Wake) {
    self.targets = targets
    self.wake = wake
    let (nanoseconds, overflows) = UInt64(clamping: within.milliseconds)
      .multipliedReportingOverflow(by: 1_000_000)
    withinNanoseconds = overflows ? .max / 2 : nanoseconds
    outcomes = Array(repeating: .notTried, count: targets.count)
  }

  mutating func run() -> [StableVPS.ProbeOutcome] {
    var next = 0
    while next < targets.count || !underWay.isEmpty {
      while next < targets.count, underWay.count < mostProbes {
        begin(next)
        next += 1
      }
      if !underWay.isEmpty, !awaited() {
        break
      }
    }
    for attempt in underWay {
      close(attempt.socket)
    }
    return outcomes
  }

  /// Waits until the next of them ends; `false` once the thread was woken.
  private mutating func awaited() -> Bool {
    var polled = underWay.map { pollfd(fd: $0.socket, events: Int16(POLLOUT), revents: 0) }
    polled.append(pollfd(fd: wake.reader, events: Int16(POLLIN), revents: 0))
    let now = DispatchTime.now().uptimeNanoseconds
    let left = underWay[0].end > now ? underWay[0].end - now : 0
    // Rounded up, or the last millisecond would be spent awake.
    let ready = poll(&polled, nfds_t(polled.count), Int32(clamping: (left + 999_999) / 1_000_000))
    if ready > 0, polled[underWay.count].revents != 0 {
      return false
    }
    let later = DispatchTime.now().uptimeNanoseconds
    var remaining: [Attempt] = []
    for (attempt, poll) in zip(underWay, polled) {
      if ready > 0, poll.revents != 0 {
        end(attempt, Self.outcome(ofSocket: attempt.socket))
      } else if attempt.end <= later {
        end(attempt, .silent)
      } else {
        remaining.append(attempt)
      }
    }
    underWay = remaining
    return true
  }

  private mutating func begin(_ number: Int) {
    var hints = addrinfo()
    hints.ai_socktype = streams
    var found: UnsafeMutablePointer<addrinfo>?
    let target = targets[number]
    guard getaddrinfo(target.address, "\(target.port)", &hints, &found) == 0, let address = found else {
      return
    }
    defer { freeaddrinfo(found) }
    let made = socket(address.pointee.ai_family, address.pointee.ai_socktype, 0)
    guard made >= 0 else { return }
    let attempt = Attempt(
      number: number, socket: made, end: DispatchTime.now().uptimeNanoseconds + withinNanoseconds)
    guard fcntl(made, F_SETFL, fcntl(made, F_GETFL) | O_NONBLOCK) == 0 else {
      return end(attempt, .notTried)
    }
    if connect(made, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 {
      end(attempt, .answered)
    } else if errno == EINPROGRESS {
      underWay.append(attempt)
    } else {
      end(attempt, Self.outcome(of: errno))
    }
  }

  private mutating func end(_ attempt: Attempt, _ outcome: StableVPS.ProbeOutcome) {
    outcomes[attempt.number] = outcome
    close(attempt.socket)
  }

  private static func outcome(ofSocket socket: Int32) -> StableVPS.ProbeOutcome {
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else { return .notTried }
    return code == 0 ? .answered : outcome(of: code)
  }

  /// What a failure to connect says. What fails on this machine says nothing about the VPS.
  static func outcome(of code: Int32) -> StableVPS.ProbeOutcome {
    switch code {
    case ENETUNREACH, ENETDOWN, EADDRNOTAVAIL, EACCES, EPERM, EINVAL, ENOMEM, ENOBUFS, EMFILE, ENFILE:
      .notTried
    default:
      .silent
    }
  }
}
