/// The phases of one purchase, each told once.
struct Phases {
  private var latest: StableVPS.Phase?
  private var vpsID: String?
  /// When the purchase began, by this host's clock.
  private var begun: Int64 = 0

  /// What there is to tell of a progress.
  mutating func change(
    at progress: StableVPS.Progress, of label: String, by clock: any StableVPSClock
  ) -> StableVPS.ClientEvent.PhaseChange? {
    guard progress.phase != latest else { return nil }
    if latest == nil {
      begun = clock.monotonic - progress.elapsed.milliseconds
    }
    latest = progress.phase
    vpsID = progress.vpsID ?? vpsID
    return .init(
      operation: label, phase: progress.phase, vpsID: vpsID, elapsed: progress.elapsed, error: nil)
  }

  /// What there is to tell of the end.
  func end(
    _ result: Result<StableVPS.Provisioned, StableVPSError>, of label: String,
    by clock: any StableVPSClock
  ) -> StableVPS.ClientEvent.PhaseChange? {
    guard latest != nil else { return nil }
    switch result {
    case .success(let provisioned):
      return .init(
        operation: label, phase: .ended, vpsID: provisioned.vps.id, elapsed: provisioned.elapsed,
        error: nil)
    case .failure(let error):
      let elapsed = Duration.milliseconds(clock.monotonic - begun)
      return .init(
        operation: label, phase: .ended, vpsID: vpsID, elapsed: elapsed, error: error.code)
    }
  }
}
