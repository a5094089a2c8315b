import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

extension TransportFailure {
  /// What `URLSession` failed with. It says "not sent" only where no connection came about.
  init(_ error: any Error) {
    guard let error = error as? URLError else {
      let other = error as NSError
      self.init(.io, .unknown, detail: "\(other.domain) \(other.code)")
      return
    }
    // Its words may hold a URL, its number doesn't.
    let detail = "URLError \(error.code.rawValue)"
    if let step = Self.unsent(error) {
      self.init(step, .notSent, detail: detail)
    } else {
      self.init(Self.kind(error), .unknown, detail: detail)
    }
  }

  private static func kind(_ error: URLError) -> Kind {
    switch error.code {
    case .timedOut: .timeout
    case .cancelled: .cancelled
    case .secureConnectionFailed: .tls
    default: .io
    }
  }

  #if canImport(FoundationNetworking)
    /// Where no byte of the request was written, and why. Codes can't be trusted here: where the first of a
    /// host's addresses refused, whatever goes wrong with the second has the code of a refusal. What curl
    /// says is of the step that failed.
    private static func unsent(_ error: URLError) -> Kind? {
      let words = error.localizedDescription
      let steps: [(String, Kind)] = [
        ("Could not resolve host", .dns), ("Failed to connect to", .connect),
        ("SSL certificate problem", .tls), ("SSL: no alternative certificate subject name", .tls),
      ]
      return steps.first { words.hasPrefix($0.0) }?.1
    }
  #else
    /// Where no byte of the request was written, and why.
    private static func unsent(_ error: URLError) -> Kind? {
      switch error.code {
      case .cannotFindHost, .dnsLookupFailed:
        .dns
      case .cannotConnectToHost, .appTransportSecurityRequiresSecureConnection:
        .connect
      case .serverCertificateHasBadDate, .serverCertificateUntrusted,
        .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid:
        .tls
      default:
        nil
      }
    }
  #endif
}
