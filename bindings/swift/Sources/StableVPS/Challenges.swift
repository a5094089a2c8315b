#if !canImport(FoundationNetworking)
  import Foundation

  /// A request for a password is rejected: a request carries its key, or is refused. Certificates are checked
  /// by the delegate of the caller's session, else by the platform.
  extension Exchanges {
    typealias Completion = @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void

    func urlSession(
      _ session: URLSession, task: URLSessionTask,
      didReceive challenge: URLAuthenticationChallenge, completionHandler: @escaping Completion
    ) {
      if challenge.protectionSpace.asksForPassword {
        completionHandler(.rejectProtectionSpace, nil)
        return
      }
      let taskDelegate = authenticating as? any URLSessionTaskDelegate
      let isHandled =
        taskDelegate?.urlSession?(
          session, task: task, didReceive: challenge, completionHandler: completionHandler)
        ?? authenticating?.urlSession?(
          session, didReceive: challenge, completionHandler: completionHandler)
      if isHandled == nil {
        completionHandler(.performDefaultHandling, nil)
      }
    }
  }

  extension URLProtectionSpace {
    fileprivate var asksForPassword: Bool {
      ![NSURLAuthenticationMethodServerTrust, NSURLAuthenticationMethodClientCertificate]
        .contains(authenticationMethod) && !isProxy()
    }
  }
#endif
