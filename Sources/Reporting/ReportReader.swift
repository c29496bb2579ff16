import Base
import Configuration
import Events
import Journal

/// Makes reports from the read model.
///
/// It has a connection of its own: a long report neither holds up what is taken into the read model meanwhile, nor
/// waits for it. Used by one thread at a time.
public final class ReportReader: @unchecked Sendable {
  let database: Database

  /// Reads the file at `path`, which a ``ReportStore`` has made.
  init(path: String) throws(DatabaseError) { database = try Database(path: path, readOnly: true) }

  /// Reads over the connection of a store that is in memory.
  init(sharing database: Database) { self.database = database }

  /// Runs `body`, all of whose reports see one state of the read model.
  /// - Parameter goesOn: Asked now and then; when it says no, what runs is given up.
  /// - Throws: ``DatabaseError`` with ``DatabaseError/isInterruption``, if it was given up.
  public func read<T>(while goesOn: @escaping () -> Bool, _ body: () throws -> T) throws -> T {
    guard goesOn() else { throw DatabaseError.interrupted }
    return try database.run(while: goesOn) {
      try database.execute("BEGIN")
      defer { try? database.execute("ROLLBACK") }
      return try body()
    }
  }

  /// The names of the last plan taken in; none before the first.
  var directory: Directory {
    get throws {
      guard let json = try database.text("SELECT directory FROM progress"), !json.isEmpty else {
        return Directory()
      }
      return try Directory(json: json)
    }
  }

  /// The names of all reps there have been, in order.
  var agentNames: [String] { get throws { try directory.agents.map(\.name).sorted() } }

  /// The names of all queues there have been, in order.
  var queueNames: [String] { get throws { try directory.queues.map(\.name).sorted() } }

  /// A report's statement about one rep or queue (?1) in a stretch, ?2 to ?3.
  func statement(
    _ sql: String, _ name: String, _ stretch: ReportSpan.Stretch
  ) throws(DatabaseError) -> Statement {
    let statement = try database.kept(sql)
    statement.bind(1, name)
    statement.bind(2, stretch.from.microseconds)
    statement.bind(3, stretch.to.microseconds)
    return statement
  }
}
