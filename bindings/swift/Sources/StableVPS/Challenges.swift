import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Nobody is asked for a password: a request carries its key, or is refused. About certificates the platform
/// decides, or the delegate of the session that the caller gave.
extension Exchanges {
  typealias Answer = @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void

  func urlSession(
    _ session: URLSession, task: URLSessionTask,
    didReceive challenge: URLAuthenticationChallenge, completionHandler: @escaping Answer
  ) {
    if challenge.protectionSpace.asksForPassword {
      exchange(task)?.wasChallenged()
      completionHandler(.rejectProtectionSpace, nil)
    } else {
      forward(challenge, of: task, in: session, to: completionHandler)
    }
  }

  #if canImport(FoundationNetworking)
    private func forward(
      _ challenge: URLAuthenticationChallenge, of task: URLSessionTask, in session: URLSession,
      to answer: @escaping Answer
    ) {
      answer(.performDefaultHandling, nil)
    }
  #else
    private func forward(
      _ challenge: URLAuthenticationChallenge, of task: URLSessionTask, in session: URLSession,
      to answer: @escaping Answer
    ) {
      let ofTasks = authenticating as? any URLSessionTaskDelegate
      let isAnswered =
        ofTasks?.urlSession?(session, task: task, didReceive: challenge, completionHandler: answer)
        ?? authenticating?.urlSession?(session, didReceive: challenge, completionHandler: answer)
      if isAnswered == nil {
        answer(.performDefaultHandling, nil)
      }
    }
  #endif
}

extension URLProtectionSpace {
  fileprivate var asksForPassword: Bool {
    #if canImport(FoundationNetworking)
      true
    #else
      ![NSURLAuthenticationMethodServerTrust, NSURLAuthenticationMethodClientCertificate]
        .contains(authenticationMethod) && !isProxy()
    #endif
  }
}
