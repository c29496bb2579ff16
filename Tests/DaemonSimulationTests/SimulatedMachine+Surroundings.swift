import Base
import Frames
@testable import TestSupport

@testable import Daemon

extension SimulatedMachine {
  /// The machine's files and randomness.
  var surroundings: Surroundings {
    let salts = SaltSource(TestRandom(state: random.next()))
    return Surroundings(
      readFile: { [file] _ in file.text }, salts: { salts.draw() }, drawName: { "simulated" })
  }

  /// Salts of the machine's seed.
  private final class SaltSource: @unchecked Sendable {
    private var random: TestRandom
    init(_ random: TestRandom) { self.random = random }
    func draw() -> Salts { Salts(using: &random) }
  }
}
