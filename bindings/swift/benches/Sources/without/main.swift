// What an app carries anyway.

import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

let url = URL(string: CommandLine.arguments.last ?? "")
print(url.map { URLRequest(url: $0) } as Any)
