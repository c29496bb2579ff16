public import Configuration
import Events
import Foundation
import Journal
import Migration
import Routing
import Switchboard

/// What a journal that nobody writes tells of its end.
public enum LastState {
  /// Reads the journal at `path`, and changes nothing.
  /// - Throws: ``StartFailure``: 66 there is none, 65 it is damaged or no journal, 69 a daemon has it open, 74 it
  ///   cannot be read.
  public static func read(_ path: String) throws -> Occupancy {
    guard FileManager.default.fileExists(atPath: path) else {
      throw StartFailure(exitCode: noInput, description: "\(path): there is no such journal")
    }
    do {
      return try occupancy(Journal.reading(path))
    } catch {
      throw StartFailure(journal: error, path)
    }
  }

  /// A file to be read is not there (sysexits.h).
  private static let noInput: Int32 = 66

  private static func occupancy(_ journal: Journal) throws -> Occupancy {
    var recovery = try Recovery(newestOf: journal)
    _ = try recovery.advance(journal)
    var occupancy = Occupancy(directory: recovery.plan?.directory ?? Directory())
    guard let engine = recovery.board?.engine else { return occupancy }
    for call in engine.liveCalls {
      guard let row = engine.call(call), row.state == .waiting || row.state == .offered else {
        continue
      }
      occupancy.callers[row.queue, default: 0] += 1
    }
    let agents = engine.plan.agents.indices.map { AgentID($0) }
    occupancy.loggedIn = Set(agents.filter { engine.agent($0).isLoggedIn })
    return occupancy
  }
}
