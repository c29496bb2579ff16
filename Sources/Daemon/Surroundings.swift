import Foundation
import Frames

/// What the daemon asks of the machine it runs on, beside clocks, threads and the database; a simulated machine
/// answers otherwise.
struct Surroundings: Sendable {
  /// The text of a file. It may take long: never on the loop.
  var readFile: @Sendable (_ path: String) throws -> String
  /// Salts that nobody else draws.
  var salts: @Sendable () -> Salts
  /// A name that nothing else has.
  var drawName: @Sendable () -> String

  /// Where connections are while no daemon runs.
  var keeping: Keeping

  /// The machine itself.
  static let machine = Surroundings(
    readFile: { try String(contentsOfFile: $0, encoding: .utf8) }, salts: { Salts() },
    drawName: { UUID().uuidString }, keeping: .serviceManager)
}
