import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

extension TransportFailure {
  /// An error of `URLSession`. It counts as "not sent" only where no connection was made.
  init(_ error: any Error) {
    guard let error = error as? URLError else {
      let other = error as NSError
      self.init(.io, .unknown, detail: "\(other.domain) \(other.code)")
      return
    }
    // The description may hold a URL; the number does not.
    let detail = "URLError \(error.code.rawValue)"
    if let kind = Self.kindOfUnsent(error) {
      self.init(kind, .notSent, detail: detail)
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
    /// Where the connection failed, if no byte of the request was written. The error's code does not say
    /// that here: once the first of a host's addresses refused, every failure of the second has the code of
    /// a refusal. curl's message names the step that failed.
    private static func kindOfUnsent(_ error: URLError) -> Kind? {
      let message = error.localizedDescription
      let steps: [(String, Kind)] = [
        ("Could not resolve host", .dns), ("Failed to connect to", .connect),
        ("SSL certificate problem", .tls), ("SSL: no alternative certificate subject name", .tls),
      ]
      return steps.first { message.hasPrefix($0.0) }?.1
    }
  #else
    /// Where the connection failed, if no byte of the request was written.
    private static func kindOfUnsent(_ error: URLError) -> Kind? {
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
