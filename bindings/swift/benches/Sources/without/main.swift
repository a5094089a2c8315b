// A program without the package, for comparison.

import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

let url = URL(string: CommandLine.arguments.last ?? "")
print(url.map { URLRequest(url: $0) } as Any)
