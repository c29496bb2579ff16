import Configuration
import Logging
import YAMLTree

extension Logger {
  /// How many warnings are logged one by one.
  private static let mostWarnings = 50

  /// Logs what a configuration says and is probably not meant.
  func tell(_ warnings: [Problem]) {
    for problem in warnings.prefix(Self.mostWarnings) { warning("\(problem)") }
    let more = warnings.count - Self.mostWarnings
    if more > 0 { warning("and \(more) warnings more; rotad --check shows all") }
  }
}
