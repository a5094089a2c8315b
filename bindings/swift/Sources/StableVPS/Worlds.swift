/// The names of the worlds of clocks that are the caller's own.
enum Worlds {
  private struct Known {
    weak var clock: AnyObject?
    let name: String
  }

  private struct State {
    var known: [ObjectIdentifier: Known] = [:]
    var made = 0
  }

  private static let state = Locked(State())

  /// The same for the same object. Values have none: those of one type share a name.
  static func name(of clock: any StableVPSClock) -> String {
    guard type(of: clock) is AnyClass else { return "clock \(String(reflecting: type(of: clock)))" }
    let object = clock as AnyObject
    return state.withLock { state in
      state.known = state.known.filter { $0.value.clock != nil }
      if let known = state.known[ObjectIdentifier(object)] {
        return known.name
      }
      state.made += 1
      let name = "clock \(state.made)"
      state.known[ObjectIdentifier(object)] = Known(clock: object, name: name)
      return name
    }
  }
}
