#if !canImport(FoundationNetworking)
  import Foundation

  /// Nobody is asked for a password: a request carries its key, or is refused. About certificates the platform
  /// decides, or the delegate of the session that the caller gave.
  extension Exchanges {
    typealias Answer = @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void

    func urlSession(
      _ session: URLSession, task: URLSessionTask,
      didReceive challenge: URLAuthenticationChallenge, completionHandler: @escaping Answer
    ) {
      if challenge.protectionSpace.asksForPassword {
        completionHandler(.rejectProtectionSpace, nil)
        return
      }
      let ofTasks = authenticating as? any URLSessionTaskDelegate
      let isAnswered =
        ofTasks?.urlSession?(
          session, task: task, didReceive: challenge, completionHandler: completionHandler)
        ?? authenticating?.urlSession?(
          session, didReceive: challenge, completionHandler: completionHandler)
      if isAnswered == nil {
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
